"""A real folder with a client on it, whose service and store are in this process."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from sync.client import root, wire
from sync.client.disk import LocalDisk
from sync.client.engine import Copy, Engine, World
from sync.client.errors import CursorUnknown
from sync.client.ports import (
    Change,
    Committed,
    Download,
    Fetched,
    Moment,
    Outbox,
    Page,
    Revision,
    Sent,
    Upload,
)
from sync.client.state import State
from sync.protocol import messages
from sync.protocol.comparing import differing
from tests.memory_journal import MemoryJournal
from tests.outbox import OneByOne

FOLDER = UUID(int=1)


class Shared:
    """A service and a store for some clients in one process, where nothing fails."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.blobs: dict[str, bytes] = {}
        self.sent: list[str] = []

    def commit(self, changes: Sequence[Change]) -> Committed:
        held = {sha256: len(data) for sha256, data in self.blobs.items()}
        answers = self.journal.commit(
            FOLDER,
            [wire.message_of(change) for change in changes],
            author=messages.Author("u", "somebody"),
            held=held,
            now=datetime.now(UTC),
        )
        return wire.committed_of(self.journal.committed(FOLDER, answers))

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> Page:
        lines = self.journal.since(FOLDER, max(since - 1, 0), limit=1000)
        head = self.journal.head(FOLDER)
        if since > head:
            raise CursorUnknown("The journal is not that long.")
        return wire.page_of(messages.changes_after(since, lines, head), since=since)

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[Moment, Iterator[int | Revision]]:
        journal, folder = self.journal, FOLDER
        told = (each for each in differing(journal.tree(folder, at=at), digests) if each)
        return journal.moment(folder), wire.parts_of(told)

    def outbox(self) -> Outbox:
        return OneByOne(self.send)

    def send(self, uploads: Sequence[Upload]) -> Iterator[Sent]:
        for upload in uploads:
            data = Path(upload.path).read_bytes()
            is_same = hashlib.sha256(data).hexdigest() == upload.sha256
            if is_same and upload.sha256 not in self.blobs:
                self.blobs[upload.sha256] = data
                self.sent.append(Path(upload.path).name)
            yield Sent(upload, "" if is_same else "it was changed")

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        for download in downloads:
            Path(download.target).write_bytes(self.blobs[download.sha256])
            yield Fetched(download)


class Client:
    """One copy of the folder, below a path."""

    def __init__(self, home: Path, shared: Shared, device: str = "") -> None:
        self.name, self.root = home.name, home / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        self._home, self._shared = home, shared
        self.disk = LocalDisk(str(self.root))
        self.state = State.open(str(home / "state.sqlite"))
        root.mark(self.disk, FOLDER.hex)
        world = World(self.disk, shared, shared, self, lambda: uuid4().hex)
        self.engine = Engine(Copy(FOLDER.hex, device or self.name), self.state, world)

    def started_again(self) -> "Client":
        """As another process, which knows what was noted."""
        self.state.close()
        return Client(self._home, self._shared)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def write(self, path: str, text: str) -> None:
        """Write a file, at a time that no later edit can have."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        os.utime(self.root / path, (1_700_000_000, 1_700_000_000 + len(text)))

    def shown(self) -> dict[str, str | None]:
        """All paths, with the text of files, or where a link leads."""
        return {
            str(path.relative_to(self.root)): _text(path)
            for path in sorted(self.root.rglob("*"))
            if ".mediashare" not in path.parts
        }

    def trashed(self) -> list[str]:
        """The texts of all files in the trash."""
        trash = self.root / ".mediashare" / "trash"
        return sorted(path.read_text() for path in trash.rglob("*") if path.is_file())


def _text(path: Path) -> str | None:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return None if path.is_dir() else path.read_text()
