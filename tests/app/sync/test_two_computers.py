"""The client's own loop over HTTP and S3: what one computer has, the other gets."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from sync.client import root
from sync.client.asking import Asking
from sync.client.disk import LocalDisk
from sync.client.engine import Copy, Engine, World
from sync.client.objects import Limits
from sync.client.service import HttpService
from sync.client.state import State
from sync.client.store import S3Store
from sync.client.unfinished import Unfinished
from tests.app.sync.syncing import Computer
from tests.people import person
from tests.uploading import token_of

MIB = 2**20


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

    def files(self) -> dict[str, bytes]:
        found = (each for each in self.root.rglob("*") if each.is_file())
        inside = {str(each.relative_to(self.root)): each.read_bytes() for each in found}
        return {name: it for name, it in inside.items() if not name.startswith(".mediashare/")}


@pytest.fixture
def computer(live_server, buckets, tmp_path) -> Iterator[Callable[[str], Synced]]:
    alice = person("alice")
    folder_id = Computer(alice).make_folder("Holidays")
    with ExitStack() as open_ones:
        asking = open_ones.enter_context(closing(Asking(live_server.url, token_of(alice, "sync"))))
        yield lambda name: Synced(tmp_path / name, asking, folder_id, open_ones)


@pytest.mark.django_db(transaction=True)
def test_what_one_computer_has_the_other_gets(computer):
    laptop, desktop = computer("laptop"), computer("desktop")
    film = Random(1).randbytes(40 * MIB)
    (laptop.root / "Sea").mkdir()
    for number in range(30):
        (laptop.root / "Sea" / f"{number}.txt").write_bytes(b"photo %d" % number)
    (laptop.root / "film.mp4").write_bytes(film)

    laptop.sync()
    desktop.sync()
    assert desktop.files() == laptop.files()

    (laptop.root / "film.mp4").write_bytes(film[: 20 * MIB] + b"a thousand" + film[20 * MIB :])
    assert laptop.sync() < 12 * MIB
    assert desktop.sync() < 8 * MIB
    assert desktop.files() == laptop.files()

    (laptop.root / "Sea").rename(laptop.root / "Ocean")
    assert laptop.sync() == desktop.sync() == 0
    assert desktop.files() == laptop.files()
