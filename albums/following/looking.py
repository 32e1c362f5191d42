"""What has changed in a folder since an album last looked. Reads its journal, writes nothing."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from uuid import UUID

from albums.following.files import Picture, is_inside, picture
from albums.following.models import Following
from sync.planner.tree import ROOT
from sync.protocol.messages import Folder, Identity, Line
from sync.server.journal.chosen import get_journal

# Changes that are looked at together.
LINES_AT_ONCE = 1_000

Folders = Callable[[Identity], tuple[Identity, str] | None]


class Look(NamedTuple):
    """What there is to know of some entries, up to a change.

    None for what is no picture in the place that is followed. A `whole` look has found all there
    are, so that what is not among them is not there. More changes may follow unless it `is_last`.
    """

    found: dict[Identity, Picture | None]
    number: int
    is_whole: bool
    is_last: bool


def look(following: Following) -> Look:
    """What has changed since the number that the album has come to; all, if that is simpler."""
    journal = get_journal()
    lines = journal.since(following.folder_id, following.number, limit=LINES_AT_ONCE)
    if following.number == 0 or any(map(_moves_others, lines)):
        return _all(following)
    number = lines[-1].number if lines else following.number
    folders = _folders_of(following.folder_id)
    found = {line.entry: _shown(line, following.place, folders) for line in lines}
    return Look(found, number, is_whole=False, is_last=len(lines) < LINES_AT_ONCE)


def is_there(following: Following) -> bool:
    """Whether the folder inside the folder is still where it can be followed."""
    return not following.place or _folders_of(following.folder_id)(following.place) is not None


def _moves_others(line: Line) -> bool:
    """What is in a folder that was there before is somewhere else now, or hidden, or shown."""
    return isinstance(line.after, Folder) and line.base > 0


def _shown(line: Line, place: Identity, folders: Folders) -> Picture | None:
    found = picture(line.entry, line.after)
    if found is None or line.after is None or not is_inside(line.after.parent, place, folders):
        return None
    return found


def _folders_of(folder_id: UUID) -> Folders:
    @cache
    def folder(identity: Identity) -> tuple[Identity, str] | None:
        found = get_journal().entry(folder_id, identity)
        state = found.now if found else None
        return (state.parent, state.name) if isinstance(state, Folder) else None

    return folder


def _all(following: Following) -> Look:
    """Looked at in one stream; the folders and what may be pictures are held, nothing else."""
    journal = get_journal()
    # Asked first: what is committed while the tree is read is looked at again.
    head = journal.head(following.folder_id)
    folders: dict[Identity, tuple[Identity, str]] = {}
    pictures: list[tuple[Identity, Picture]] = []
    for revision in journal.tree(following.folder_id):
        state = revision.state
        if isinstance(state, Folder):
            folders[revision.entry] = (state.parent, state.name)
        elif found := picture(revision.entry, state):
            pictures.append((state.parent, found))

    @cache
    def is_shown(parent: Identity) -> bool:
        return is_inside(parent, following.place, folders.get)

    @cache
    def path(parent: Identity) -> tuple[str, ...]:
        above, name = folders.get(parent, (ROOT, ""))
        return (*path(above), name) if above != ROOT else (name,)

    shown = [(path(parent), each) for parent, each in pictures if is_shown(parent)]
    shown.sort(key=lambda pair: (pair[0], pair[1].name))
    return Look({each.entry: each for _, each in shown}, head, is_whole=True, is_last=True)
