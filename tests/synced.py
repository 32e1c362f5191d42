"""A folder that the client's own loop keeps equal, over a real service and object server."""

import hashlib
import uuid
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from sync.client import root
from sync.client.asking import Asking
from sync.client.disk import LocalDisk
from sync.client.engine import Copy, Engine, World
from sync.client.objects import Limits
from sync.client.service import HttpService
from sync.client.state import State
from sync.client.store import S3Store
from sync.client.unfinished import Unfinished


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Synced:
    """A folder on a disk, and the bytes that have travelled to and from it since last asked."""

    def __init__(self, place: Path, asking: Asking, folder_id: str, open_ones: ExitStack) -> None:
        self.root = place / "root"
        self.root.mkdir(parents=True)
        self._moved: list[int] = []
        service = HttpService(asking, folder_id, now=SystemClock().now)
        record = open_ones.enter_context(closing(Unfinished(place / "transfers.sqlite")))
        limits = Limits(moved=self._moved.append)
        store = S3Store(service, record, now=SystemClock().now, limits=limits)
        open_ones.callback(store.close)
        disk = LocalDisk(str(self.root))
        root.mark(disk, folder_id)
        state = open_ones.enter_context(closing(State.open(str(place / "state.sqlite"))))
        world = World(disk, service, store, SystemClock(), lambda: uuid.uuid4().hex)
        self._engine = Engine(Copy(folder_id, place.name), state, world)

    def sync(self) -> int:
        """Bytes that travelled."""
        self._moved.clear()
        report = self._engine.sync()
        assert report.is_settled, report
        assert not report.problems
        return sum(self._moved)

    def digest(self, name: str) -> str:
        """The SHA-256 of a file, in hex."""
        with (self.root / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def files(self) -> dict[str, bytes]:
        found = (each for each in self.root.rglob("*") if each.is_file())
        inside = {str(each.relative_to(self.root)): each.read_bytes() for each in found}
        return {name: it for name, it in inside.items() if not name.startswith(".mediashare/")}
