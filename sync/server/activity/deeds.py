"""Lines of a journal become deeds, and deeds that belong together become runs. Pure.

A deed is what a line did: added, changed, renamed, moved, deleted or brought back something. A run
is many deeds of one person on one device, of one kind and in one place, with no long pause.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sync.protocol.messages import Author, File, Folder, Identity, Line, State

# A longer pause ends a run.
PAUSE_MS = 10 * 60 * 1000
# Runs of one kind in more places than these are told as one.
MOST_PLACES = 3


class Verb(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"
    DELETED = "deleted"
    RESTORED = "restored"


class Sort(StrEnum):
    """What it was done to."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


@dataclass(frozen=True)
class Deed:
    """What one line did. `place` is the folder in which it shows; `before` the name it had."""

    number: int
    at_ms: int
    author: Author
    verb: Verb
    sort: Sort
    entry: Identity
    name: str
    before: str
    place: Identity


@dataclass(frozen=True)
class Run:
    """Deeds that belong together; `last` is the latest. Of several places, `place` is one.

    Who saves one file a hundred times has changed one: `entries` has each once.
    """

    last: Deed
    first_number: int
    began_ms: int
    entries: dict[Identity, Sort] = field(default_factory=dict)
    places: int = 1

    @property
    def counts(self) -> Counter[Sort]:
        return Counter(self.entries.values())

    @property
    def count(self) -> int:
        return len(self.entries)


def deed_of(line: Line, before: Line | None) -> Deed | None:
    """What a line did. `before` is the entry's line before, if it has one.

    None for the deletion of something that nothing is known of any more.
    """
    old = before.after if before else None
    state = line.after or old
    if state is None:
        return None
    return Deed(
        number=line.number,
        at_ms=line.at_ms,
        author=line.author,
        verb=_verb(line, old),
        sort=_sort(state),
        entry=line.entry,
        name=state.name,
        before=old.name if old else "",
        place=state.parent,
    )


def gathered(deeds: Iterable[Deed]) -> list[Run]:
    """The runs of deeds that come oldest first; the latest run first."""
    runs = _merged(_by_place(deeds))
    return sorted(runs, key=lambda run: -run.last.number)


def _verb(line: Line, old: State | None) -> Verb:
    if line.after is None:
        return Verb.DELETED
    if old is None:
        return Verb.RESTORED if line.base else Verb.ADDED
    if line.after.parent != old.parent:
        return Verb.MOVED
    return Verb.RENAMED if line.after.name != old.name else Verb.CHANGED


def _sort(state: State) -> Sort:
    if isinstance(state, Folder):
        return Sort.FOLDER
    return Sort.FILE if isinstance(state, File) else Sort.LINK


def _by_place(deeds: Iterable[Deed]) -> list[Run]:
    open_runs: dict[object, Run] = {}
    ended: list[Run] = []
    for deed in deeds:
        one = Run(deed, deed.number, deed.at_ms, {deed.entry: deed.sort})
        key = (deed.author, deed.verb, deed.place)
        known = open_runs.get(key)
        if known and deed.at_ms - known.last.at_ms <= PAUSE_MS:
            one = _joined(known, one, places=1)
        elif known:
            ended.append(known)
        open_runs[key] = one
    return [*ended, *open_runs.values()]


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Where somebody was at many places at once, one run of all of them."""
    kept: list[Run] = []
    for some in _at_once(runs):
        if len(some) <= MOST_PLACES:
            kept.extend(some)
            continue
        whole = some[0]
        for each in some[1:]:
            whole = _joined(whole, each, places=whole.places + each.places)
        kept.append(whole)
    return kept


def _at_once(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of one person and kind that follow on each other, by the place they are in."""
    groups: dict[object, list[list[Run]]] = {}
    for run in sorted(runs, key=lambda each: each.last.number):
        rows = groups.setdefault((run.last.author, run.last.verb), [])
        if rows and run.began_ms - rows[-1][-1].last.at_ms <= PAUSE_MS:
            rows[-1].append(run)
        else:
            rows.append([run])
    return [some for rows in groups.values() for some in rows]


def _joined(one: Run, other: Run, *, places: int) -> Run:
    """`other` ended later. The entries of `one` are taken over: a copy for each deed takes long."""
    one.entries.update(other.entries)
    return replace(
        other,
        first_number=min(one.first_number, other.first_number),
        began_ms=min(one.began_ms, other.began_ms),
        entries=one.entries,
        places=places,
    )
