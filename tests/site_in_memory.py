"""A site in memory, for tests of commands: the service's real rules, and bytes in a dictionary."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from msgspec.structs import replace

from sync.client import errors, wire
from sync.client.account import Account
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
from sync.planner.tree import Identity
from sync.protocol import people
from sync.protocol.comparing import differing
from sync.protocol.folders import FolderSummary
from sync.protocol.messages import Author, Line, changes_after
from sync.protocol.people import Asked, GivenRole, MemberSummary, ReceivedInvitation
from tests.memory_journal import MemoryJournal
from tests.outbox import OneByOne


class Site:
    """What all devices reach. While `is_away` nothing answers; `tokens` are those that work."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self.blobs: dict[str, bytes] = {}
        self.folders: dict[str, FolderSummary] = {}
        self.tokens = {"laptop": "ms_laptop", "desk": "ms_desk"}
        self.is_away = False
        self.members = [
            MemberSummary("u", "Alice", "owner", datetime.now(UTC), "alice@example.org")
        ]
        self.asked: dict[str, Asked] = {}
        self.received: dict[str, ReceivedInvitation] = {}

    @contextmanager
    def connect(self, account: Account, token: str) -> Iterator["Connection"]:
        yield Connection(self, account, token)

    def ask(self, token: str) -> None:
        if self.is_away:
            raise errors.Offline("The site cannot be reached.")
        if token not in self.tokens.values():
            raise errors.SignedOut("This token is unknown.")


class People:
    """Who is in every folder; no mail is sent."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def invitations(self) -> Sequence[ReceivedInvitation]:
        return list(self._site.received.values())

    def accept(self, invitation: str) -> None:
        asked = self._site.received.pop(invitation)
        joined = FolderSummary(
            asked.folder, asked.folder_name, asked.role, "Carol", 0, datetime.now(UTC)
        )
        self._site.folders[joined.id] = joined

    def decline(self, invitation: str) -> None:
        del self._site.received[invitation]

    def of(self, folder: str) -> people.People:
        if self._site.folders[folder].role == "owner":
            return people.People(self._site.members, list(self._site.asked.values()))
        return people.People([replace(each, email="") for each in self._site.members], [])

    def invite(self, folder: str, email: str, role: GivenRole) -> Asked:
        now = datetime.now(UTC)
        made = Asked(str(uuid4()), email, role, now, now + timedelta(days=14))
        self._site.asked[made.id] = made
        return made

    def withdraw(self, folder: str, invitation: str) -> None:
        del self._site.asked[invitation]

    def remove(self, folder: str, user: str) -> None:
        self._site.members = [each for each in self._site.members if each.user != user]


class Connection:
    def __init__(self, site: Site, account: Account, token: str) -> None:
        self._site, self._account, self._token = site, account, token
        self.people = People(site)

    def folders(self) -> Sequence[FolderSummary]:
        self._site.ask(self._token)
        return list(self._site.folders.values())

    def make_folder(self, name: str) -> FolderSummary:
        self._site.ask(self._token)
        made = FolderSummary(str(uuid4()), name, "owner", "Alice", 0, datetime.now(UTC))
        self._site.folders[made.id] = made
        return made

    def service(self, folder: str) -> "Service":
        return Service(self._site, self._account, self._token, UUID(folder))

    @contextmanager
    def store(
        self, folder: str, scratch: Path, *, limit: int, moved: Callable[[int], None]
    ) -> Iterator["Store"]:
        yield Store(self._site, moved)

    def log(self, folder: str) -> Iterator[Line]:
        self._site.ask(self._token)
        return reversed(self._site.journal.since(UUID(folder), 0, limit=10_000))

    def devices(self, folder: str, *, since: int) -> Mapping[str, str]:
        return {name: f"{name}'s" for name in self._site.tokens}

    def history(self, folder: str, entry: Identity, *, limit: int) -> Sequence[Line]:
        return self._site.journal.history(UUID(folder), entry, limit=limit)


class Service:
    def __init__(self, site: Site, account: Account, token: str, folder: UUID) -> None:
        self._site, self._account, self._token, self._folder = site, account, token, folder

    def commit(self, changes: Sequence[Change]) -> Committed:
        self._site.ask(self._token)
        answers = self._site.journal.commit(
            self._folder,
            [wire.message_of(change) for change in changes],
            author=Author("u", "Alice", self._account.device_id),
            held={sha256: len(data) for sha256, data in self._site.blobs.items()},
            now=datetime.now(UTC),
        )
        return wire.committed_of(self._site.journal.committed(self._folder, answers))

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> Page:
        self._site.ask(self._token)
        journal = self._site.journal
        lines = journal.since(self._folder, max(since - 1, 0), limit=1000)
        page = changes_after(since, lines, journal.head(self._folder))
        if not page.lines and wait_seconds:
            time.sleep(0.05)
        return wire.page_of(page, since=since)

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[Moment, Iterator[int | Revision]]:
        self._site.ask(self._token)
        journal, folder = self._site.journal, self._folder
        told = (each for each in differing(journal.tree(folder, at=at), digests) if each)
        return journal.moment(folder), wire.parts_of(told)


class Store:
    def __init__(self, site: Site, moved: Callable[[int], None]) -> None:
        self._site, self._moved = site, moved

    def outbox(self) -> Outbox:
        return OneByOne(self._send)

    def _send(self, uploads: Sequence[Upload]) -> Iterator[Sent]:
        for upload in uploads:
            data = Path(upload.path).read_bytes()
            if hashlib.sha256(data).hexdigest() == upload.sha256:
                self._site.blobs[upload.sha256] = data
                self._moved(len(data))
                yield Sent(upload)
            else:
                yield Sent(upload, "the file was changed")

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        for download in downloads:
            data = self._site.blobs[download.sha256]
            Path(download.target).write_bytes(data)
            self._moved(len(data))
            yield Fetched(download)
