"""What a client sends is what another fetches, over the real object server."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sync.client.objects import Limits
from sync.client.patience import Patience
from sync.client.ports import Download, Upload
from sync.client.store import S3Store
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
        return [sent.problem for sent in self.store.send(uploads)]

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

    def make(name: str, leave=service) -> Computer:
        folder = tmp_path / name
        folder.mkdir()
        moved: list[int] = []
        store = S3Store(
            leave,
            Unfinished(folder / "transfers.sqlite"),
            now=lambda: datetime.now(UTC),
            limits=Limits(moved=moved.append),
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
