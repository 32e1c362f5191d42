"""The files of a folder, or of what was picked in it, with the paths they have there. Reads only.

Whoever makes an archive of them asks for them here.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from mediashare.storage.models import Blob
from sync.planner.tree import ROOT, Identity
from sync.protocol.messages import File, State
from sync.server.browsing import moment
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob

AT_ONCE = 500
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Content:
    """A file: the folders it is in and its own name, and its bytes."""

    path: tuple[str, ...]
    modified_at: datetime
    blob: Blob


def blob_of(folder: Folder, state: State) -> Blob | None:
    """The bytes of a file, if the folder holds them and they are not known to be others."""
    if not isinstance(state, File):
        return None
    held = FolderBlob.objects.good().filter(folder=folder, sha256=state.sha256)
    holding = held.select_related("blob").first()
    return holding.blob if holding else None


def files_in(
    folder_id: UUID, picked: Collection[Identity], *, at: int | None = None
) -> Iterator[Content]:
    """The files in these entries, or in all when none is named, by path; as they were after `at`.

    Links are left out, and so is what the folder no longer holds. Holds the names of the folder in
    memory, no bytes.
    """
    states = {each.entry: each.state for each in get_journal().tree(folder_id, at=at)}
    wanted = {
        path: state
        for entry, state in states.items()
        if isinstance(state, File) and (path := _path(entry, states, picked))
    }
    paths = iter(sorted(wanted))
    while some := list(islice(paths, AT_ONCE)):
        digests = {wanted[path].sha256 for path in some}
        held = FolderBlob.objects.good().filter(folder=folder_id, sha256__in=digests)
        blobs = {each.sha256: each.blob for each in held.select_related("blob")}
        for path in some:
            file = wanted[path]
            if blob := blobs.get(file.sha256):
                modified_at = moment(file.modified_ms) or EARLIEST
                yield Content(path, max(modified_at, EARLIEST), blob)


def _path(
    entry: Identity, states: dict[Identity, State], picked: Collection[Identity]
) -> tuple[str, ...]:
    """The path of an entry below what was picked, that included; empty when it is elsewhere."""
    names: list[str] = []
    at = entry
    while at != ROOT:
        if at not in states:
            return ()
        names.append(states[at].name)
        if at in picked:
            break
        at = states[at].parent
    else:
        if picked:
            return ()
    return tuple(reversed(names))
