"""What pages show of a folder: what is in it, the way there, and the versions of a file.

Nothing here asks whether somebody may see it: views do, before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

from sync.planner.tree import ROOT
from sync.protocol.messages import File, Folder, Identity, Line, Revision
from sync.protocol.rules import wrong_with
from sync.server.journal import Mark
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderBlob

# A page has so many lines; who wants more of a very full folder asks for the next page.
SHOWN = 200
VERSIONS_SHOWN = 100
# What an address says of the entry that a page ended with, before its name.
FOLDER, FILE = "d/", "f/"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    revision: Revision

    @property
    def name(self) -> str:
        return self.revision.state.name

    @property
    def is_folder(self) -> bool:
        return isinstance(self.revision.state, Folder)

    @property
    def size_bytes(self) -> int | None:
        state = self.revision.state
        return state.size_bytes if isinstance(state, File) else None

    @property
    def modified_at(self) -> datetime | None:
        """When the file was last changed, as the disk of its author said."""
        state = self.revision.state
        return moment(state.modified_ms) if isinstance(state, File) and state.modified_ms else None


@dataclass(frozen=True)
class Version:
    """What a file was after one change. `state` is None where that deleted it.

    Neither held nor damaged, its bytes were let go of. Moved, it has those of the version before.
    """

    line: Line
    is_held: bool
    is_damaged: bool
    is_moved: bool

    @property
    def state(self) -> File | None:
        return self.line.after if isinstance(self.line.after, File) else None

    @property
    def at(self) -> datetime | None:
        return moment(self.line.at_ms)


class Listing(NamedTuple):
    """A page of what is in a folder, and after what the next one begins; empty for the last."""

    rows: list[Row]
    following: str


class PastListing(NamedTuple):
    """A page of what was in a folder, and where the next one begins; None when there is none."""

    rows: list[Row]
    next_start: int | None


class VersionListing(NamedTuple):
    """Some versions of a file, and before which change the next page begins; None at the end."""

    rows: list[Version]
    next_before: int | None


def listing(
    folder_id: UUID, parent: Identity, *, after: str = "", only_folders: bool = False
) -> Listing:
    """A page of what is in a folder: folders first, then by name, without regard to capitals.

    It costs the same however much is in it. `after` is what the page before gave as following;
    with nonsense it is the first page.
    """
    found = get_journal().page(
        folder_id, parent, after=_mark_in(after), limit=SHOWN + 1, only_folders=only_folders
    )
    rows = [Row(revision) for revision in found[:SHOWN]]
    last = rows[-1] if len(found) > SHOWN else None
    return Listing(rows, f"{FOLDER if last.is_folder else FILE}{last.name}" if last else "")


def past_listing(folder_id: UUID, parent: Identity, *, start: int, at: int) -> PastListing:
    """The same of what was in a folder after change `at`. All of it is read for each page."""
    found = [Row(revision) for revision in get_journal().children(folder_id, parent, at=at)]
    found.sort(key=lambda row: (not row.is_folder, row.name.casefold(), row.name))
    end = start + SHOWN
    return PastListing(found[start:end], end if end < len(found) else None)


def trail(folder_id: UUID, revision: Revision) -> list[Revision]:
    """The folders that an entry is in, outermost first."""
    return list(_above(folder_id, revision))[::-1]


def versions(folder_id: UUID, entry: Identity, *, before: int | None = None) -> VersionListing:
    """The latest changes of a file, the newest first; with `before`, those of lower numbers."""
    # With the one before the last, by which is seen what that did.
    lines = get_journal().history(folder_id, entry, before=before, limit=VERSIONS_SHOWN + 1)
    states = (line.after for line in lines)
    digests = {state.sha256 for state in states if isinstance(state, File)}
    blobs = FolderBlob.objects.filter(folder=folder_id, sha256__in=digests)
    spoiled = dict(blobs.values_list("sha256", "spoiled_at"))
    befores = [line.after for line in lines[1:]]
    found = [_version(line, state, spoiled) for line, state in zip_longest(lines, befores)]
    is_last = len(found) <= VERSIONS_SHOWN
    found = found[:VERSIONS_SHOWN]
    return VersionListing(found, None if is_last else found[-1].line.number)


def _version(line: Line, before: object, spoiled: Mapping[str, datetime | None]) -> Version:
    """Of a change, with what was before it, and when the bytes of each digest were spoiled."""
    digest = line.after.sha256 if isinstance(line.after, File) else ""
    is_damaged = spoiled.get(digest) is not None
    is_held = digest in spoiled and not is_damaged
    return Version(line, is_held, is_damaged, _is_move(before, line.after))


def _is_move(before: object, after: object) -> bool:
    """Whether a file of the same bytes has another place or name."""
    if not (isinstance(before, File) and isinstance(after, File)):
        return False
    is_same = before.sha256 == after.sha256
    return is_same and (before.parent, before.name) != (after.parent, after.name)


def moment(milliseconds: int) -> datetime | None:
    """A time since 1970; None for one that no calendar has."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _mark_in(after: str) -> Mark | None:
    kind, name = after[:2], after[2:]
    is_a_name = bool(name) and not wrong_with(name)
    return Mark(kind == FOLDER, name) if kind in {FOLDER, FILE} and is_a_name else None


def _above(folder_id: UUID, revision: Revision) -> Iterator[Revision]:
    parent = revision.state.parent
    while parent != ROOT and (found := get_journal().entry(folder_id, parent)):
        yield found
        parent = found.state.parent
