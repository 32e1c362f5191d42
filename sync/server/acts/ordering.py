"""The order in which entries can become what they are to be. Pure.

Folders come before what is put into them, and go after what was in them; two names that are
exchanged take a third one meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from sync.planner.transform import transform
from sync.planner.tree import ROOT, Content, Entry, Identity, Kind, Place, top_down
from sync.protocol.messages import File, Folder, Revision, State


@dataclass(frozen=True)
class Wish:
    """What an entry is, and is to be; None: it is not to be there."""

    present: Revision
    target: State | None

    @property
    def entry(self) -> Identity:
        return self.present.entry


@dataclass(frozen=True)
class Step:
    """One change of an entry. Its base is the number that the entry has by then."""

    entry: Identity
    after: State | None


def steps(
    wishes: Sequence[Wish], above: Mapping[Identity, State]
) -> tuple[list[Step], list[Identity]]:
    """The steps in order, and the entries whose folder is gone, which are left alone.

    `above` are the folders that are there, of all that these entries are in or are to be in.
    """
    around = {identity: _entry(state) for identity, state in above.items()}
    by_entry = {wish.entry: wish for wish in wishes}
    target = around | _tree((wish.entry, wish.target) for wish in wishes)
    reached = set(top_down(target))
    homeless = [each for each in target if each not in reached and each in by_entry]
    current = around | _tree((wish.entry, wish.present.now) for wish in wishes)
    for each in homeless:
        del target[each]
        if each in current:
            # It stays as it is, and so does everything above it.
            target[each] = current[each]
    return [
        Step(change.identity, _state(by_entry[change.identity], change.after))
        for change in transform(current, target)
        if change.identity in by_entry
    ], homeless


def _tree(states: Iterable[tuple[Identity, State | None]]) -> dict[Identity, Entry]:
    return {identity: _entry(state) for identity, state in states if state is not None}


def _entry(state: State) -> Entry:
    place = Place(state.parent, state.name)
    if isinstance(state, File):
        content = Content(state.sha256, state.size_bytes, state.is_executable)
        return Entry(Kind.FILE, place, content)
    if isinstance(state, Folder):
        return Entry(Kind.FOLDER, place)
    return Entry(Kind.LINK, place, Content(state.target, 0))


def _state(wish: Wish, entry: Entry | None) -> State | None:
    """The entry as a change says it: at its place, with the one content or the other."""
    if entry is None:
        return None
    is_there = wish.target is not None and _entry(wish.target).content == entry.content
    source = wish.target if is_there and wish.target is not None else wish.present.state
    return replace(source, parent=entry.place.parent, name=entry.place.name)


def parents_of(wishes: Iterable[Wish]) -> set[Identity]:
    """The folders that these are in or are to be in, but for the root."""
    states = [state for wish in wishes for state in (wish.present.now, wish.target)]
    return {state.parent for state in states if state is not None} - {ROOT}
