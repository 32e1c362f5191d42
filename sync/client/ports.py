"""What the client needs of the world, as protocols. The engine knows nothing else of it.

Real ones: `disk`, `service`, `store`, and the system's clock. Those of `tests/simulation` lose
replies, tear writes and crash between any two calls.
Whatever stops a whole round is an exception of `errors`; trouble with one file is an answer.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from sync.planner.tree import Entry, Identity, Kind


class Stat(NamedTuple):
    """What a system knows of a path without opening it. `kind` is None for sockets and the like.

    Of a folder only kind and inode count, the rest is 0; of a link, size is its target's in bytes.
    """

    kind: Kind | None
    inode: int
    size_bytes: int
    mtime_ns: int
    is_executable: bool


class ChangedWhileRead(Exception):
    """A file was written to, or replaced, while it was read."""


class CannotExchange(Exception):
    """The file system cannot exchange two names in one step."""


class Disk(Protocol):
    """One folder on a computer. Paths are relative to it, with `/` between names; `""` is itself.

    No symbolic link is ever followed. All methods raise OSError as the system does, and
    `errors.DiskFull` when there is no room.
    """

    def absolute(self, path: str) -> str:
        """The path that transfers open."""
        ...

    def list(self, folder: str) -> Sequence[tuple[str, Stat]]:
        """Names in a folder with what is known of each, in no order.

        Names that the system's encoding cannot express carry surrogates.
        """
        ...

    def stat(self, path: str) -> Stat | None:
        """None when nothing is there."""
        ...

    def digest(self, path: str) -> tuple[str, Stat]:
        """The SHA-256 of a file, in hex, and what was known of it all the while.

        Raises ChangedWhileRead.
        """
        ...

    def read(self, path: str) -> bytes:
        """A small file, whole."""
        ...

    def read_link(self, path: str) -> str: ...

    def write(self, path: str, content: bytes) -> None:
        """Make a small file; FileExistsError when something is there. Not durable until flushed."""
        ...

    def make_folder(self, path: str) -> None: ...

    def make_link(self, path: str, target: str) -> None: ...

    def set_executable(self, path: str, *, is_executable: bool) -> None: ...

    def copy_mode(self, source: str, target: str) -> None:
        """Let the same people read, write and run another file."""
        ...

    def set_mtime(self, path: str, mtime_ns: int) -> None: ...

    def rename_new(self, source: str, target: str) -> None:
        """Give a new name; FileExistsError when something other has it. In one step where the
        system has a way."""
        ...

    def exchange(self, one: str, other: str) -> None:
        """Let two paths exchange what they name, in one step. Raises CannotExchange."""
        ...

    def remove_file(self, path: str) -> None: ...

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        ...

    def flush(self, *, files: Sequence[str] = (), folders: Sequence[str] = ()) -> None:
        """Return when the bytes of these files, and the names in these folders, survive power cuts.

        What is not there any more is left out.
        """
        ...

    def flush_all(self) -> None:
        """Return when everything that can be seen now survives power cuts."""
        ...


class Revision(Struct, frozen=True, gc=False):
    """An entry as the service has it since a number of the journal; `entry` None when deleted.

    `target` is the path that a symbolic link names, and empty otherwise; `modified_ms` since 1970
    is 0 where it is not known.
    """

    number: int
    identity: Identity
    entry: Entry | None
    target: str = ""
    modified_ms: int = 0


class Change(Struct, frozen=True, gc=False):
    """One entry as it shall be (`entry` None: deleted), on the number it is known at; 0: new.

    `key` makes asking again harmless. One request never has two changes of one entry.
    """

    key: str
    identity: Identity
    base: int
    entry: Entry | None
    target: str = ""
    modified_ms: int = 0


class Accepted(Struct, frozen=True, gc=False):
    number: int


class Declined(Struct, frozen=True, gc=False):
    """Conflict or refusal: nothing has happened. `reason` is for people.

    `present` is the entry as it is, when only the base was not its number.
    """

    reason: str
    present: Revision | None = None


Answer = Accepted | Declined


class Committed(Struct, frozen=True, gc=False):
    """Answers in the order of the changes.

    Of the accepted ones, `since_key` is the key of the change before the first, and `key` that of
    the last; empty where the service names none.
    """

    answers: Sequence[Answer]
    since_key: str = ""
    key: str = ""


class Page(Struct, frozen=True, gc=False):
    """Lines of the journal in order. `cursor` is where the next page begins.

    `lacking` are contents that the service had acknowledged, and asks to be sent again. Changes
    have keys: `since_key` is of the one that the page follows, `key` of the one at `cursor`; empty
    where the service names none.
    """

    revisions: tuple[Revision, ...]
    cursor: int
    is_last: bool
    lacking: tuple[str, ...] = ()
    since_key: str = ""
    key: str = ""


class Moment(NamedTuple):
    """A number of the journal, with the key of that change; empty where none is named."""

    number: int
    key: str


class Service(Protocol):
    """The service, for one folder and this device.

    All methods raise `errors.Offline`, `Busy`, `SignedOut`, `NotAllowed`, `FolderGone`, `TooOld`.
    """

    def commit(self, changes: Sequence[Change]) -> Committed:
        """Decide up to `MOST_CHANGES`, one after another."""
        ...

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> Page:
        """What the journal has after a number; waits so long when there is nothing.

        Raises `errors.CursorUnknown`.
        """
        ...

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[Moment, Iterator[int | Revision]]:
        """What is not as somebody knows it who has these digests of `sync.protocol.comparing`.

        A moment that all of it is at least as new as; and of each part that differs its own number,
        followed by all entries in it. With `at`, as it was after that change.
        """
        ...


MOST_CHANGES = 1000


class Upload(Struct, frozen=True, gc=False):
    """A file that the service shall hold. `path` is absolute.

    `base_sha256` are the bytes that its entry had before, or empty: they may be much the same.
    """

    path: str
    sha256: str
    size_bytes: int
    base_sha256: str = ""

    def __hash__(self) -> int:
        return hash(self.path)


class Download(Struct, frozen=True, gc=False):
    """Bytes to fetch into the file at `target`, an absolute path.

    What is at `target` already is the beginning of an interrupted attempt, and perhaps torn.
    `old` is a file here whose bytes may be the same or much the same, or empty.
    """

    sha256: str
    size_bytes: int
    target: str
    old: str = ""


class Sent(Struct, frozen=True, gc=False):
    """What became of one upload. `problem` is a sentence for people, empty when it is done."""

    upload: Upload
    problem: str = ""


class Fetched(Struct, frozen=True, gc=False):
    """What became of one download. `problem` is a sentence for people, empty when it is done."""

    download: Download
    problem: str = ""


class Outbox(Protocol):
    """Files on their way. What is put into it is sent at once, whoever waits for it.

    `add` never waits. What must stop all of it is raised by `results`: `errors.Offline`, `Busy`,
    `SignedOut`, `NotAllowed`.
    """

    def add(self, uploads: Sequence[Upload]) -> None:
        """Let the service hold these bytes, sending what it has not."""
        ...

    def results(self) -> Iterator[Sent]:
        """What became of each that was added, also meanwhile, in any order, until there is none.

        One without a problem says that a commit may name them. A file whose bytes are not
        those of its SHA-256 any more has a problem; nothing else is wrong with that.
        """
        ...

    def close(self) -> None:
        """Stop what is under way."""
        ...


class Store(Protocol):
    """Where bytes are."""

    def outbox(self) -> Outbox: ...

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        """Fill each target with its bytes, and verify the SHA-256 of the whole. Not flushed.

        It works ahead of whoever reads what became of each, in any order; whoever stops reading
        stops it. Raises `errors.Offline`, `Busy`, `SignedOut`, `NotAllowed` when all of it must
        stop, and `errors.DiskFull`.
        """
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """In UTC. May jump, both ways."""
        ...
