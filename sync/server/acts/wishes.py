"""What an act wants of each entry, found out from the journal. Changes nothing.

Asked again after a break, it wants what is still to be done.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sync.planner.tree import ROOT, Identity
from sync.protocol.messages import Folder, Line, Revision, State
from sync.server.acts.ordering import Wish, parents_of
from sync.server.journal import Journal
from sync.server.models import Act

Thing = TypeVar("Thing")

AT_ONCE = 1_000
# What was deleted with a folder was deleted before it, each at most so long after the other.
TOGETHER_MS = 60_000
CHANGED_SINCE = "It was changed again since."


def wishes_of(act: Act, journal: Journal) -> list[Wish]:
    """What is to become of which entries; those that are so already are left out."""
    found = WANTED[Act.Kind(act.kind)](act, journal)
    return [wish for wish in found if wish.entry not in act.left]


def folders_above(folder_id: UUID, wishes: Iterable[Wish], journal: Journal) -> dict[str, State]:
    """The folders that are there, of all that these are in or are to be in."""
    wishes = list(wishes)
    own = {wish.entry for wish in wishes}
    asked, waiting = set(own), parents_of(wishes) - own
    found: dict[str, State] = {}
    while waiting:
        read = journal.entries(folder_id, waiting)
        found |= {each.entry: each.state for each in read if isinstance(each.now, Folder)}
        asked |= waiting
        waiting = {each.state.parent for each in read if not each.is_deleted} - {ROOT} - asked
    return found


def _deletion(act: Act, journal: Journal) -> Iterator[Wish]:
    """The entries that were picked, and everything in them."""
    level = [each for each in journal.entries(act.folder_id, act.wanted["entries"]) if each.now]
    seen = set[Identity]()
    while level:
        fresh = [each for each in level if each.entry not in seen]
        seen |= {each.entry for each in fresh}
        yield from (Wish(each, None) for each in fresh)
        level = [
            child
            for each in fresh
            if isinstance(each.state, Folder)
            for child in journal.children(act.folder_id, each.entry)
        ]


def _restoration(act: Act, journal: Journal) -> Iterator[Wish]:
    """What was deleted: with a folder what was deleted with it, and the folders it was in."""
    picked = journal.entries(act.folder_id, act.wanted["entries"])
    found = {each.entry: each for each in picked if each.is_deleted}
    for root in list(found.values()):
        if isinstance(root.state, Folder):
            found |= deleted_with(root, act.folder_id, journal)
    waiting = {each.state.parent for each in found.values()} - {ROOT} - found.keys()
    while waiting:
        above = [each for each in journal.entries(act.folder_id, waiting) if each.is_deleted]
        found |= {each.entry: each for each in above}
        waiting = {each.state.parent for each in above} - {ROOT} - found.keys()
    yield from (Wish(each, each.state) for each in found.values())


def deleted_with(root: Revision, folder_id: UUID, journal: Journal) -> dict[Identity, Revision]:
    """What was in a deleted folder until it was deleted: by the same person, without a pause."""
    (own,) = journal.lines(folder_id, [root.number])
    found = {root.entry: root}
    at_ms, before = own.at_ms, root.number
    while some := journal.deleted(folder_id, after=0, before=before, limit=AT_ONCE):
        lines = {line.number: line for line in journal.lines(folder_id, [e.number for e in some])}
        for each in some:
            line = lines[each.number]
            if at_ms - line.at_ms > TOGETHER_MS:
                return found
            if line.author == own.author and each.state.parent in found:
                found[each.entry], at_ms = each, line.at_ms
        before = some[-1].number
    return found


def _rewind(act: Act, journal: Journal) -> Iterator[Wish]:
    """What differs from how it was, in the whole folder or in one of those inside it."""
    number, inside = int(act.wanted["number"]), str(act.wanted["entry"])
    first = _first_lines(act.folder_id, journal, number, None)
    before = _states_before(act.folder_id, journal, first.values())
    present = {each.entry: each for each in _entries(act.folder_id, journal, first)}
    chosen = _in_folder(act.folder_id, journal, inside, present, before) if inside else first
    for entry in chosen:
        if present[entry].now != before[entry]:
            yield Wish(present[entry], before[entry])


def _in_folder(
    folder_id: UUID,
    journal: Journal,
    inside: Identity,
    present: dict[Identity, Revision],
    before: dict[Identity, State | None],
) -> set[Identity]:
    """Those of the changed entries that are in a folder, or were."""
    now: dict[Identity, State | None] = {key: each.now for key, each in present.items()}
    waiting = {state.parent for state in (*now.values(), *before.values()) if state is not None} - {
        ROOT
    }
    # Folders that were not changed are above some that were.
    known = {**before}
    while waiting := waiting - now.keys():
        read = {each.entry: each.now for each in _entries(folder_id, journal, waiting)}
        now |= read
        known |= read
        waiting = {state.parent for state in read.values() if state is not None} - {ROOT}
    return {
        entry
        for entry in present
        if entry == inside or _is_in(inside, entry, now) or _is_in(inside, entry, known)
    }


def _is_in(inside: Identity, entry: Identity, states: dict[Identity, State | None]) -> bool:
    state = states.get(entry)
    while state is not None and state.parent != ROOT:
        if state.parent == inside:
            return True
        state = states.get(state.parent)
    return False


def _undo(act: Act, journal: Journal) -> Iterator[Wish]:
    """What another act changed, as it was before, unless somebody changed it since."""
    undone = Act.objects.get(pk=act.wanted["act"])
    ends_with = undone.ended_with or journal.head(act.folder_id)
    own = [
        line
        for line in _lines(act.folder_id, journal, undone.begun_after, ends_with)
        if line.key == undone.key_of(line.entry, line.base)
    ]
    first = {line.entry: line for line in reversed(own)}
    last = {line.entry: line.number for line in own}
    before = _states_before(act.folder_id, journal, first.values())
    for each in _entries(act.folder_id, journal, first):
        if each.number == last[each.entry]:
            yield Wish(each, before[each.entry])
        elif each.now != before[each.entry]:
            act.left[each.entry] = CHANGED_SINCE


def _first_lines(
    folder_id: UUID, journal: Journal, after: int, upto: int | None
) -> dict[Identity, Line]:
    """The first change of each entry that was changed after a number."""
    found: dict[Identity, Line] = {}
    for line in _lines(folder_id, journal, after, upto):
        found.setdefault(line.entry, line)
    return found


def _lines(folder_id: UUID, journal: Journal, after: int, upto: int | None) -> Iterator[Line]:
    while some := journal.since(folder_id, after, limit=AT_ONCE):
        for line in some:
            if upto is not None and line.number > upto:
                return
            yield line
        after = some[-1].number


def _states_before(
    folder_id: UUID, journal: Journal, lines: Iterable[Line]
) -> dict[Identity, State | None]:
    """What entries were before these lines, one for each."""
    bases = {line.entry: line.base for line in lines}
    found: dict[Identity, State | None] = dict.fromkeys(bases)
    for some in _batches(base for base in bases.values() if base):
        found |= {line.entry: line.after for line in journal.lines(folder_id, some)}
    return found


def _entries(folder_id: UUID, journal: Journal, entries: Iterable[Identity]) -> Iterator[Revision]:
    for some in _batches(entries):
        yield from journal.entries(folder_id, some)


def _batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    iterator = iter(things)
    while some := list(islice(iterator, AT_ONCE)):
        yield some


WANTED: dict[Act.Kind, Callable[[Act, Journal], Iterator[Wish]]] = {
    Act.Kind.DELETION: _deletion,
    Act.Kind.RESTORATION: _restoration,
    Act.Kind.REWIND: _rewind,
    Act.Kind.UNDO: _undo,
}
