"""The part of a folder that some changes touch, held in memory while they are decided. Pure.

A store looks up what `needs` names, in as few requests as it can, fills an excerpt with it, has
`decide_all` decide, and writes the lines that come out. An excerpt that holds the whole folder is
a store in memory.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sync.planner.tree import ROOT
from sync.protocol import rules
from sync.protocol.messages import (
    Accepted,
    Answer,
    Author,
    Change,
    File,
    Identity,
    Line,
    Problem,
    Refused,
    Revision,
    State,
)

Place = tuple[Identity, str]


@dataclass(frozen=True)
class Needs:
    """What to look up before some changes can be decided.

    `entries` as they are, also deleted; `above`: of these, all folders that they are in too;
    `places`: who is there, by folder and name; `emptied`: how much is in them; `keys`: the
    lines with them; `digests`: the sizes of those that the folder holds.
    """

    entries: frozenset[Identity]
    above: frozenset[Identity]
    places: frozenset[Place]
    emptied: frozenset[Identity]
    keys: frozenset[Identity]
    digests: frozenset[str]


def needs(changes: Collection[Change]) -> Needs:
    """What deciding these changes takes."""
    afters = [change.after for change in changes if change.after is not None]
    parents = {after.parent for after in afters} - {ROOT}
    # What is moved may go into what these changes make, and that is somewhere too.
    above = parents if any(map(rules.moves_a_folder, changes)) else ()
    return Needs(
        entries=frozenset({change.entry for change in changes} | parents),
        above=frozenset(above),
        # Nothing is where nothing can be, and not every store can even be asked for that.
        places=frozenset(_place(after) for after in afters if not rules.wrong_with(after.name)),
        emptied=frozenset(change.entry for change in changes if change.after is None),
        keys=frozenset(change.key for change in changes),
        digests=digests(changes),
    )


def digests(changes: Iterable[Change]) -> frozenset[str]:
    """The contents that are to be there after these changes."""
    return frozenset(change.after.sha256 for change in changes if isinstance(change.after, File))


@dataclass
class Excerpt:
    """Entries with what follows from them. `held` gives the size of each content, by digest."""

    held: Mapping[str, int]
    entries: dict[Identity, Revision] = field(default_factory=dict)
    at: dict[Place, Identity] = field(default_factory=dict)
    inside: Counter[Identity] = field(default_factory=Counter)
    lines: dict[Identity, Line] = field(default_factory=dict)

    def add(self, revision: Revision) -> None:
        """Take in an entry as it was found."""
        self.entries[revision.entry] = revision
        if not revision.is_deleted:
            self.at[_place(revision.state)] = revision.entry

    def entry(self, identity: Identity) -> Revision | None:
        return self.entries.get(identity)

    def occupant(self, parent: Identity, name: str) -> Revision | None:
        found = self.at.get((parent, name))
        return None if found is None else self.entries[found]

    def has_children(self, identity: Identity) -> bool:
        return self.inside[identity] > 0

    def size_held(self, sha256: str) -> int | None:
        return self.held.get(sha256)

    def write(self, line: Line) -> None:
        """Take in an accepted change, and what follows from it."""
        self.lines[line.key] = line
        before = self.entries.get(line.entry)
        if before and not before.is_deleted:
            self.at.pop(_place(before.state), None)
            self.inside[before.state.parent] -= 1
        if line.after is not None:
            self.add(Revision(line.entry, line.number, line.after))
            self.inside[line.after.parent] += 1
        elif before:
            self.entries[line.entry] = Revision(line.entry, line.number, before.state, True)


def _place(state: State) -> Place:
    return state.parent, state.name


def decide_all(
    excerpt: Excerpt, changes: Sequence[Change], *, head: int, author: Author, at_ms: int
) -> tuple[list[Answer], list[Line]]:
    """Answers in the same order, and the lines to write, numbered on from `head`."""
    answers: list[Answer] = []
    written: list[Line] = []
    for change in changes:
        number = head + len(written) + 1
        answer = _answered_before(excerpt, change) or rules.decide(excerpt, change, number=number)
        answers.append(answer)
        if answer == Accepted(number):
            line = Line(number, change.entry, change.base, change.after, change.key, author, at_ms)
            excerpt.write(line)
            written.append(line)
    return answers, written


def _answered_before(excerpt: Excerpt, change: Change) -> Answer | None:
    line = excerpt.lines.get(change.key)
    if line is None:
        return None
    if (line.entry, line.after) != (change.entry, change.after):
        return Refused(Problem.KEY_REUSED, "This key came with another change before.")
    return Accepted(line.number)
