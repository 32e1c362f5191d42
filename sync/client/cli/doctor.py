"""`doctor`: look at everything that could keep folders from being equal, and say what to do."""

import shutil
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
import httpx

from sync.client import account, login, roots
from sync.client import root as marker
from sync.client.cli.copies import remembered
from sync.client.cli.desk import Desk
from sync.client.cli.endings import Ending
from sync.client.cli.screen import size_text
from sync.client.disk import LocalDisk, all_below
from sync.client.errors import SyncStopped
from sync.client.home import KeptFileIsBroken
from sync.client.roots import Root

LITTLE_ROOM = 10**9
WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
PATIENCE_SECONDS = 10

# What was looked at, and what is wrong with it; nothing when all is well.
Finding = tuple[str, str]


@click.command()
@click.pass_obj
def doctor(desk: Desk) -> int:
    """Look for whatever keeps folders from being equal, and say what to do about it."""
    found = list(_findings(desk))
    for name, trouble in found:
        desk.screen.show(f"{'!!' if trouble else 'ok'}  {name}{': ' if trouble else ''}{trouble}")
        desk.screen.data(about=name, trouble=trouble)
    return Ending.ASKS if any(trouble for _, trouble in found) else Ending.FINE


def _findings(desk: Desk) -> Iterator[Finding]:
    yield "account", _tried(lambda: account.load(desk.home))
    yield "token", _tried(lambda: account.token_of(account.load(desk.home)))
    yield "its file can be read by nobody else", _privacy(desk.home.path / account.FILE)
    yield "service", _tried(lambda: _ask(desk))
    for root in roots.all_of(desk.home):
        yield root.path, _tried(partial(marker.check, LocalDisk(root.path), root.folder))
        yield f"what is known of {root.path}", _tried(partial(_compare, desk, root))
        yield f"room on the disk of {root.path}", _room(Path(root.path))
        yield f"notifications of {root.path}", _watches(Path(root.path))


def _tried(look: Callable[[], object]) -> str:
    try:
        look()
    except (SyncStopped, KeptFileIsBroken) as error:
        return str(error)
    return ""


def _ask(desk: Desk) -> None:
    kept = account.load(desk.home)
    with httpx.Client(base_url=kept.server, timeout=PATIENCE_SECONDS) as http:
        login.who_am_i(http, account.token_of(kept))


def _compare(desk: Desk, root: Root) -> None:
    """Raises SyncStopped when not all is known as the site has it; the next sync sees to that."""
    with remembered(desk, root) as (state, connection):
        if not state.fact("cursor"):
            return
        with state.transaction():
            digests, at = state.digests(), state.cursor
        _, told = connection.service(root.folder).compare(digests, at=at)
        parts = sum(isinstance(each, int) for each in told)
        if parts:
            with state.transaction():
                state.set_fact("cursor", "")
            raise SyncStopped(
                f"{parts} of {len(digests)} parts are not as the site has them."
                " The next sync compares and mends them."
            )


def _privacy(file: Path) -> str:
    if not file.exists() or not stat.S_IMODE(file.stat().st_mode) & 0o077:
        return ""
    return f"others may read it. Say: chmod 600 {file}"


def _room(path: Path) -> str:
    if not path.exists():
        return ""
    free = shutil.disk_usage(path).free
    return f"only {size_text(free)} are free" if free < LITTLE_ROOM else ""


def _watches(path: Path) -> str:
    """Linux watches each folder on its own, and only so many for one person."""
    if not WATCHES.exists() or not path.exists():
        return ""
    allowed = int(WATCHES.read_text())
    folders = sum(1 for each in all_below(str(path)) if each.is_dir(follow_symlinks=False))
    if folders < allowed:
        return ""
    return (
        f"{folders} folders, but the system watches {allowed}. Raise fs.inotify.max_user_watches."
    )
