"""The service and the store as a device reaches them: with its real rules, by a bad network."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from sync.client import wire
from sync.client.errors import Busy, CursorUnknown, Offline, SignedOut, SyncStopped
from sync.client.ports import (
    Change,
    Committed,
    Download,
    Fetched,
    Moment,
    Page,
    Revision,
    Sent,
    Upload,
)
from sync.protocol import messages
from sync.protocol.comparing import differing
from tests.memory_journal import MemoryJournal

if TYPE_CHECKING:
    from tests.simulation.world import Device, World

FOLDER = UUID(int=1)
# Pages are so short that most feeds have several.
PAGE = 3


class Datacentre:
    """What is kept far away: the journal, of which backups are made, and the bytes."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.blobs: dict[str, bytes] = {}
        self._backup = 0

    def back_up(self) -> None:
        self._backup = self.journal.head(FOLDER)

    def restore(self) -> None:
        """As the journal was at the last backup; at its beginning when there was none."""
        self._backup = min(self._backup, self.journal.head(FOLDER))
        self.journal.go_back(FOLDER, self._backup)

    def commit(
        self, changes: Sequence[messages.Change], *, device: str, now: datetime
    ) -> messages.Committed:
        answers = self.journal.commit(
            FOLDER,
            changes,
            author=messages.Author("u", device, device),
            held={sha256: len(data) for sha256, data in self.blobs.items()},
            now=now,
        )
        return self.journal.committed(FOLDER, answers)

    def tree(self) -> dict[str, Revision]:
        return {
            each.entry: wire.revision_of(each.entry, each.number, each.now)
            for each in self.journal.tree(FOLDER)
        }


class SimulatedService:
    def __init__(self, world: "World", device: "Device") -> None:
        self._world, self._device = world, device

    def commit(self, changes: Sequence[Change]) -> Committed:
        world, name = self._world, self._device.name
        self._device.tick(f"commit {len(changes)}")
        request = [wire.message_of(change) for change in changes]

        def arrive() -> messages.Committed:
            return world.far.commit(request, device=name, now=world.now())

        trouble(world.random, world.faults.network)
        if world.strikes(world.faults.delay):
            world.delayed.append(arrive)
            raise Offline("No answer came.")
        committed = arrive()
        if world.strikes(world.faults.double):
            committed = arrive()
        trouble(world.random, world.faults.network)
        return wire.committed_of(committed)

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> Page:
        self._device.tick(f"changes since {since}")
        trouble(self._world.random, self._world.faults.network)
        journal = self._world.far.journal
        head = journal.head(FOLDER)
        if since > head:
            raise CursorUnknown("The journal is not that long.")
        lines = journal.since(FOLDER, max(since - 1, 0), limit=PAGE + bool(since))
        return wire.page_of(messages.changes_after(since, lines, head), since=since)

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[Moment, Iterator[int | Revision]]:
        self._device.tick("compare")
        trouble(self._world.random, self._world.faults.network)
        journal, folder = self._world.far.journal, FOLDER
        told = (each for each in differing(journal.tree(folder, at=at), digests) if each)
        return journal.moment(folder), wire.parts_of(told)


class SimulatedStore:
    def __init__(self, world: "World", device: "Device") -> None:
        self._world, self._device = world, device

    def outbox(self) -> "SimulatedOutbox":
        return SimulatedOutbox(self._world, self._device)

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        for download in self._world.random.sample(downloads, len(downloads)):
            self._device.tick(f"fetch {download.sha256[:8]}")
            trouble(self._world.random, self._world.faults.network)
            yield Fetched(download, self._fetch(download))

    def _fetch(self, download: Download) -> str:
        data = self._world.far.blobs.get(download.sha256)
        if data is None:
            return "the store does not have these bytes"
        disk = self._device.disk
        partial = disk.find(download.target)
        begun = partial.data if partial else data[: len(data) // 2]
        disk.pour(download.target, begun)
        whole = begun + data[len(begun) :]
        disk.pour(download.target, whole if _sha256(whole) == download.sha256 else data)
        return ""


class SimulatedOutbox:
    """Sends some at once, and the others when somebody asks what became of them."""

    def __init__(self, world: "World", device: "Device") -> None:
        self._world, self._device = world, device
        self._waiting: list[Upload] = []
        self._ended: list[Sent | SyncStopped] = []

    def add(self, uploads: Sequence[Upload]) -> None:
        self._waiting += uploads
        while self._waiting and self._world.looks.random() < self._world.ahead:
            upload = self._waiting.pop(self._world.looks.randrange(len(self._waiting)))
            try:
                self._ended.append(self._sent(upload))
            except SyncStopped as error:
                # Raised where it is waited for.
                self._ended.append(error)
                self._waiting.clear()

    def results(self) -> Iterator[Sent]:
        self._waiting = self._world.random.sample(self._waiting, len(self._waiting))
        while self._ended or self._waiting:
            ended = self._ended.pop(0) if self._ended else self._sent(self._waiting.pop(0))
            if isinstance(ended, SyncStopped):
                raise ended
            yield ended

    def close(self) -> None:
        self._waiting.clear()

    def _sent(self, upload: Upload) -> Sent:
        self._device.tick(f"send {upload.sha256[:8]}")
        trouble(self._world.random, self._world.faults.network)
        return Sent(upload, self._send(upload))

    def _send(self, upload: Upload) -> str:
        blobs = self._world.far.blobs
        if upload.sha256 in blobs:
            return ""
        node = self._device.disk.find(upload.path) if upload.path else None
        if node is None:
            return "the file is gone"
        half = node.data[: len(node.data) // 2]
        self._device.tick("send the rest")
        data = half + node.data[len(half) :]
        if _sha256(data) != upload.sha256:
            return "the file was changed"
        blobs[upload.sha256] = data
        trouble(self._world.random, self._world.faults.network)
        return ""


def trouble(random: Random, rate: float) -> None:
    """Perhaps it does not work this time."""
    if random.random() < rate:
        raise random.choice([Offline("gone"), Busy("later"), SignedOut("who are you?")])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
