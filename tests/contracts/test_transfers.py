"""What a client sends is what another fetches, over the real object server."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from sync.client.objects import Limits
from sync.client.patience import Patience
from sync.client.ports import Download, Upload
from sync.client.store import S3Store
from sync.client.traffic import Rate
from sync.client.unfinished import Unfinished
from tests.granting import Granting

MIB = 2**20


@dataclass
class Computer:
    """A folder on a disk, with a store of its own."""

    folder: Path
    store: S3Store
    moved: list[int] = field(default_factory=list)

    def write(self, name: str, content: bytes, *, base: str = "") -> Upload:
        path = self.folder / name
        path.write_bytes(content)
        return Upload(str(path), sha256_of(content), len(content), base)

    def wish(self, upload: Upload, *, old: str = "") -> Download:
        target = self.folder / f"{upload.sha256}.part"
        return Download(upload.sha256, upload.size_bytes, str(target), old)

    def send(self, *uploads: Upload) -> list[str]:
        self.moved.clear()
        with closing(self.store.outbox()) as outbox:
            outbox.add(uploads)
            return [sent.problem for sent in outbox.results()]

    def fetch(self, *downloads: Download) -> list[str]:
        self.moved.clear()
        return [fetched.problem for fetched in self.store.fetch(downloads)]


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def service(buckets) -> Granting:
    key_id, secret = os.environ["TEST_S3_ADMIN_KEY"], os.environ["TEST_S3_ADMIN_SECRET"]
    return Granting(buckets.originals, key_id=key_id, secret=secret)


@pytest.fixture
def computer(service, tmp_path) -> Iterator[Any]:
    stores: list[S3Store] = []

    def make(name: str, leave=service, **limits: Any) -> Computer:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        moved: list[int] = []
        store = S3Store(
            leave,
            Unfinished(folder / "transfers.sqlite"),
            now=lambda: datetime.now(UTC),
            limits=Limits(**{"moved": moved.append, **limits}),
            patience=Patience(attempts=3, first_seconds=0.01),
        )
        stores.append(store)
        return Computer(folder, store, moved)

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def alice(computer) -> Computer:
    made: Computer = computer("alice")
    return made


@pytest.fixture
def bob(computer) -> Computer:
    made: Computer = computer("bob")
    return made


def test_many_small_files_arrive(alice, bob):
    files = [alice.write(f"{n}.txt", f"file {n}".encode()) for n in range(300)]
    files.append(alice.write("empty", b""))

    assert set(alice.send(*files)) == {""}
    assert set(bob.fetch(*map(bob.wish, files))) == {""}

    for file in files:
        assert Path(bob.wish(file).target).read_bytes() == Path(file.path).read_bytes()


def test_a_large_file_travels_in_parts_and_a_change_alone(alice, bob):
    content = Random(1).randbytes(40 * MIB)
    first = alice.write("film", content)
    assert alice.send(first) == [""]
    assert bob.fetch(bob.wish(first)) == [""]
    assert sum(bob.moved) == 40 * MIB

    changed = content[: 20 * MIB] + Random(2).randbytes(1024) + content[20 * MIB :]
    second = alice.write("film", changed, base=first.sha256)
    assert alice.send(second) == [""]
    assert sum(alice.moved) < 12 * MIB
    assert bob.fetch(bob.wish(second, old=bob.wish(first).target)) == [""]

    assert sum(bob.moved) < 8 * MIB
    assert Path(bob.wish(second).target).read_bytes() == changed


class PowerCut(Exception):
    pass


def after(size_bytes):
    """Pulls the plug when so many bytes have travelled."""
    travelled = []

    def moved(some_bytes):
        travelled.append(some_bytes)
        if sum(travelled) > size_bytes:
            raise PowerCut

    return moved


def test_a_broken_off_upload_goes_on_where_it_was(alice, computer):
    film = alice.write("film", Random(1).randbytes(80 * MIB))
    # Eight parts of ten are under way at once, so that at least two have arrived by then.
    with pytest.raises(PowerCut):
        computer("alice", moved=after(75 * MIB)).send(film)

    again = computer("alice")

    assert again.send(film) == [""]
    assert 0 < sum(again.moved) < 70 * MIB


def test_a_broken_off_download_goes_on_where_it_was(alice, bob, computer):
    content = Random(1).randbytes(40 * MIB)
    film = alice.write("film", content)
    alice.send(film)
    # So many spans are under way at once that the last begin when the first are written.
    with pytest.raises(PowerCut):
        computer("bob", moved=after(39 * MIB)).fetch(bob.wish(film))

    assert bob.fetch(bob.wish(film)) == [""]
    assert 0 < sum(bob.moved) < 39 * MIB
    assert Path(bob.wish(film).target).read_bytes() == content


@pytest.mark.parametrize("size", [100, 20 * MIB], ids=["small", "large"])
def test_a_file_that_changed_is_not_sent(alice, service, size):
    noted = alice.write("notes", Random(1).randbytes(size))
    alice.write("notes", Random(2).randbytes(size))

    assert alice.send(noted) == ["It changed while it was read, and is tried again later."]


def test_a_file_that_is_gone_stops_no_other(alice):
    gone, here = alice.write("gone", b"gone"), alice.write("here", b"here")
    Path(gone.path).unlink()

    assert sorted(alice.send(gone, here)) == ["", "It cannot be read: No such file or directory."]


def test_the_same_bytes_are_sent_once_from_whoever_still_has_them(alice):
    first, second = alice.write("first", b"the same"), alice.write("second", b"the same")
    alice.write("first", b"another")

    assert alice.send(first, second) == ["", ""]
    assert sum(alice.moved) == len(b"the same")


def test_what_the_service_holds_is_not_sent_again(alice, bob):
    film = alice.write("film", Random(1).randbytes(10 * MIB))
    alice.send(film)

    assert bob.send(bob.write("copy", Path(film.path).read_bytes())) == [""]
    assert bob.moved == []


def test_what_is_on_this_computer_is_not_fetched(alice, bob):
    notes = alice.write("notes", b"the same")
    alice.send(notes)
    mine = bob.write("mine", b"the same")

    assert bob.fetch(bob.wish(notes, old=mine.path)) == [""]
    assert bob.moved == []
    assert Path(bob.wish(notes).target).read_bytes() == b"the same"


def test_bytes_that_the_service_does_not_have_stop_no_others(alice, bob):
    notes = alice.write("notes", b"notes")
    alice.send(notes)
    unknown = bob.write("unknown", b"unknown")

    fetched = bob.fetch(bob.wish(notes), bob.wish(unknown))

    assert sorted(fetched) == ["", "The service does not have its bytes."]


def test_a_list_of_chunks_that_lies_is_found_out(alice, bob, service):
    content = Random(1).randbytes(20 * MIB)
    first, other = alice.write("first", content), alice.write("other", content[::-1])
    alice.send(first, other)
    service.chunks[first.sha256] = service.chunks[other.sha256]
    mine = bob.write("mine", content[::-1])

    assert bob.fetch(bob.wish(first, old=mine.path)) == [""]
    assert Path(bob.wish(first).target).read_bytes() == content


def test_damaged_bytes_are_never_taken_for_the_right_ones(alice, bob, service):
    notes, other = alice.write("notes", b"notes"), alice.write("other", b"other")
    alice.send(notes, other)
    service.held[notes.sha256] = service.held[other.sha256]

    assert bob.fetch(bob.wish(notes)) == [
        "What the service has is damaged: its SHA-256 is another."
    ]


class TooOldAtFirst:
    """Gives what was signed two hours ago, until it is asked again."""

    def __init__(self, service: Granting) -> None:
        self._service = service
        self._asked: set[str] = set()
        self._service.clock = self._now
        self._age = timedelta()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)

    def grants(self, wanted):
        self._age = self._age_of("grants")
        return self._service.grants(wanted)

    def addresses(self, sha256):
        self._age = self._age_of("addresses")
        return self._service.addresses(sha256)

    def _age_of(self, name: str) -> timedelta:
        if name in self._asked:
            return timedelta()
        self._asked.add(name)
        return timedelta(hours=2)

    def _now(self) -> datetime:
        return datetime.now(UTC) - self._age


def test_an_address_that_is_too_old_is_asked_for_anew(computer, service):
    alice = computer("alice", TooOldAtFirst(service))
    notes = alice.write("notes", b"notes")
    # Who asks for leave twice has not sent anything yet.
    service.forgets = True

    assert alice.send(notes) == [""]
    assert alice.fetch(alice.wish(notes)) == [""]
    assert Path(alice.wish(notes).target).read_bytes() == b"notes"


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 403)])
def test_what_is_signed_for_reading_is_good_for_a_quarter_of_an_hour(
    alice, service, minutes, status
):
    notes = alice.write("notes", b"notes")
    alice.send(notes)
    service.clock = lambda: datetime.now(UTC) - timedelta(minutes=minutes)

    (address,) = service.addresses([notes.sha256])

    assert httpx.get(address.url, headers=address.headers).status_code == status


def test_a_limit_slows_down_and_breaks_nothing(computer):
    slow = computer("alice", up=Rate(64 * MIB), down=Rate(64 * MIB))
    notes, film = slow.write("notes", b"notes"), slow.write("film", Random(1).randbytes(10 * MIB))

    assert slow.send(notes, film) == ["", ""]
    assert slow.fetch(slow.wish(notes), slow.wish(film)) == ["", ""]
    assert Path(slow.wish(film).target).read_bytes() == Path(film.path).read_bytes()


def test_who_closes_an_outbox_stops_the_transfers(alice):
    files = [alice.write(f"{n}", b"%d" % n) for n in range(1000)]

    with closing(alice.store.outbox()) as outbox:
        outbox.add(files)
        next(outbox.results())

    assert sum(alice.moved) < sum(file.size_bytes for file in files)
