"""Open the copy of a folder that is on this computer, with everything that its engine needs.

Only one process at a time may. What is known of a folder lies in it, below `.mediashare/`: a copy
that is moved, or brought back from a backup, takes along the memory that belongs to it.
"""

import fcntl
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sync.client import account
from sync.client import root as roots_marker
from sync.client.cli.desk import Connection, Desk
from sync.client.cli.progress import Counted, Measured, Meter, NoMeter
from sync.client.disk import LocalDisk
from sync.client.engine import Copy, Engine, World
from sync.client.errors import AlreadyRunning, DiskFull, RootUnusable, SyncStopped
from sync.client.ignore import OWN_FOLDER
from sync.client.roots import Root
from sync.client.state import State
from sync.client.watch import ANSWERS, WAKE

STATE, TRANSFERS, LOCK = "state.sqlite", "transfers.sqlite", "lock"


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Opened:
    """`traffic` counts bytes. `is_beside`: another process has it, and nothing of this is kept."""

    root: Root
    state: State
    engine: Engine
    traffic: Counted
    is_beside: bool = False


@contextmanager
def connected(desk: Desk) -> Iterator[tuple[account.Account, Connection]]:
    """Raises SignedOut."""
    kept = account.load(desk.home)
    with desk.connect(kept, account.token_of(kept)) as connection:
        yield kept, connection


@contextmanager
def opened(
    desk: Desk, root: Root, *, limit: int = 0, meter: Meter | None = None
) -> Iterator[Opened]:
    """Raises RootMissing, RootIsAnother, RootUnusable, AlreadyRunning, SignedOut.

    `limit` is in bytes a second, 0 for none.
    """
    own = Path(root.path, OWN_FOLDER)
    traffic = Counted(meter or NoMeter())
    with (
        _usable(root),
        _alone(own / LOCK),
        closing(_state(desk, own / STATE)) as state,
        _engine(desk, root, state, limit, traffic) as engine,
    ):
        yield Opened(root, state, engine, traffic)


@contextmanager
def opened_to_plan(desk: Desk, root: Root) -> Iterator[Opened]:
    """The same for a look alone. While another process syncs it, on a copy of what is known."""
    with ExitStack() as open_ones:
        try:
            found = open_ones.enter_context(opened(desk, root))
        except AlreadyRunning:
            state = open_ones.enter_context(closing(State.copied(_path_of_state(root))))
            traffic = Counted(NoMeter())
            engine = open_ones.enter_context(_engine(desk, root, state, 0, traffic))
            found = Opened(root, state, engine, traffic, is_beside=True)
        yield found


@contextmanager
def _engine(desk: Desk, root: Root, state: State, limit: int, meter: Meter) -> Iterator[Engine]:
    scratch = Path(root.path, OWN_FOLDER, TRANSFERS)
    with (
        connected(desk) as (kept, connection),
        connection.store(root.folder, scratch, limit=limit, moved=meter.moved) as store,
    ):
        service = connection.service(root.folder)
        disk = LocalDisk(root.path)
        world = World(disk, service, Measured(store, meter), SystemClock(), _new_identity)
        yield Engine(Copy(root.folder, kept.device_name), state, world)


@contextmanager
def remembered(desk: Desk, root: Root) -> Iterator[tuple[State, Connection]]:
    """What is known of a copy, also while another process syncs it.

    Raises RootMissing, RootIsAnother, RootUnusable, SignedOut, and SyncStopped when what is known
    is broken.
    """
    path = _path_of_state(root)
    with _usable(root), closing(_opened_state(path)) as state, connected(desk) as (_, connection):
        yield state, connection


def _opened_state(path: str) -> State:
    try:
        return State.open(path)
    except sqlite3.OperationalError as error:
        raise _not_opened(path, error) from error
    except sqlite3.DatabaseError as error:
        raise SyncStopped(f"{path} is broken. `mediashare-sync sync` makes it anew.") from error


@contextmanager
def _usable(root: Root) -> Iterator[None]:
    """What the system refuses about a marked root, in our words. Raises as `opened`."""
    try:
        roots_marker.check(LocalDisk(root.path), root.folder)
        yield
    except OSError as error:
        if not str(error.filename).startswith(root.path):
            raise
        raise RootUnusable(
            f"{error.filename} cannot be used: {error.strerror}. Nothing was lost."
        ) from error


def wake(root: Root, *, answer: bool | None = None) -> None:
    """Have the process look that is watching this copy, if one is; and answer what it asks."""
    for name in (name for name, means in ANSWERS.items() if means is answer):
        Path(root.path, OWN_FOLDER, name).touch()
    Path(root.path, OWN_FOLDER, WAKE).touch()


def answered(root: Root) -> bool | None:
    """What somebody has answered this process since that was looked for last. No counts more."""
    found = None
    for name, means in ANSWERS.items():
        with suppress(FileNotFoundError):
            Path(root.path, OWN_FOLDER, name).unlink()
            found = means
    return found


def _path_of_state(root: Root) -> str:
    return str(Path(root.path, OWN_FOLDER, STATE))


def _new_identity() -> str:
    return uuid.uuid4().hex


def _state(desk: Desk, path: Path) -> State:
    try:
        return State.open(str(path))
    except sqlite3.OperationalError as error:
        raise _not_opened(path, error) from error
    except sqlite3.DatabaseError:
        # All of it can be found out again, by reading every file once.
        desk.screen.warn(f"{path} is broken and is made anew; all files are read once.")
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        return State.open(str(path))


def _not_opened(path: Path | str, error: sqlite3.OperationalError) -> SyncStopped:
    """No room, no right or no disk: what is known is not broken by that, and is not lost."""
    kind = DiskFull if error.sqlite_errorcode == sqlite3.SQLITE_FULL else SyncStopped
    return kind(f"{path} cannot be opened ({error}).")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """The system gives the lock back when the process ends, however it ends."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"Another process is syncing {lock.parent.parent}.") from error
        yield
