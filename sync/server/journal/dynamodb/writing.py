"""Turns lines of a journal into transactions of at most a hundred items. Pure.

Each transaction moves the head on from where it was read: of two who write to a folder at the
same time, one is overtaken. Beside that, each item says itself what it must be, so that no odd
moment in which a read came can do harm.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from mediashare.aws.dynamodb import (
    ABSENT,
    ANY,
    MOST_WRITES,
    Condition,
    Delete,
    Key,
    Put,
    Update,
    Write,
)
from sync.planner.tree import ROOT
from sync.protocol.messages import Identity, Line, Revision, State
from sync.server.journal.dynamodb import items


class Occupancy(NamedTuple):
    """Who was at a place before a transaction, and who is after it."""

    before: Identity | None
    after: Identity | None


def transactions(
    folder_id: UUID, lines: Iterable[Line], known: Mapping[Identity, Revision]
) -> Iterator[list[Write]]:
    """What to write, in this order. `known` are the entries as they are before the first line."""
    draft = Draft(folder_id, known)
    for line in lines:
        if len(draft.touched | draft.touches(line)) > MOST_WRITES:
            yield draft.writes()
            draft = Draft(folder_id, draft.present)
        draft.add(line)
    if draft.lines:
        yield draft.writes()


class Draft:
    """One transaction while lines are added to it."""

    def __init__(self, folder_id: UUID, known: Mapping[Identity, Revision]) -> None:
        self.present = dict(known)
        self.lines: list[Line] = []
        self.touched: set[Key] = {items.head_key(folder_id)}
        self._folder_id = folder_id
        self._before: dict[Identity, Revision | None] = {}
        self._places: dict[Key, Occupancy] = {}
        self._more_in: Counter[Identity] = Counter()
        self._gone: dict[int, Identity | None] = {}

    def touches(self, line: Line) -> set[Key]:
        """The items that a line changes."""
        identities = {line.entry, *(state.parent for state in self._states(line))} - {ROOT}
        return {
            items.line_key(self._folder_id, line.number),
            items.key_key(self._folder_id, line.key),
            *(items.entry_key(self._folder_id, identity) for identity in identities),
            *(items.place_key(self._folder_id, state) for state in self._states(line)),
            *(items.gone_key(self._folder_id, number) for number in self._deletions(line)),
        }

    def add(self, line: Line) -> None:
        self.touched |= self.touches(line)
        self.lines.append(line)
        old = self.present.get(line.entry)
        self._before.setdefault(line.entry, old)
        if old is not None and old.now is not None:
            self._occupy(old.now, None, by=line.entry)
            self._more_in[old.now.parent] -= 1
        if line.after is not None:
            self._occupy(line.after, line.entry, by=None)
            self._more_in[line.after.parent] += 1
            self.present[line.entry] = Revision(line.entry, line.number, line.after)
        elif old is not None:
            self.present[line.entry] = Revision(line.entry, line.number, old.state, True)
        if old is not None and old.is_deleted:
            self._gone[old.number] = None
        if line.after is None:
            self._gone[line.number] = line.entry

    def writes(self) -> list[Write]:
        return [
            self._head(),
            *(write for line in self.lines for write in self._line(line)),
            *(self._entry(identity) for identity in self._before),
            *(
                self._contents(folder)
                for folder in self._more_in
                if folder != ROOT and folder not in self._before
            ),
            *(
                self._place(key, occupancy)
                for key, occupancy in self._places.items()
                if occupancy.before != occupancy.after
            ),
            *(self._trace(number, entry) for number, entry in self._gone.items()),
        ]

    def _states(self, line: Line) -> list[State]:
        old = self.present.get(line.entry)
        states = (old.now if old else None, line.after)
        return [state for state in states if state is not None]

    def _deletions(self, line: Line) -> list[int]:
        """The deletions that this line makes, or ends by bringing the entry back."""
        old = self.present.get(line.entry)
        ended = [old.number] if old is not None and old.is_deleted else []
        return ended if line.after is not None else [*ended, line.number]

    def _occupy(self, state: State, who: Identity | None, *, by: Identity | None) -> None:
        key = items.place_key(self._folder_id, state)
        before = self._places[key].before if key in self._places else by
        self._places[key] = Occupancy(before, who)

    def _head(self) -> Write:
        first, last = self.lines[0], self.lines[-1]
        nobody_else_wrote = Condition("number_ = :before", {"before": first.number - 1})
        return Put(
            items.head_key(self._folder_id),
            {"number_": last.number, "at_ms": last.at_ms},
            ABSENT if first.number == 1 else nobody_else_wrote,
        )

    def _line(self, line: Line) -> tuple[Write, Write]:
        return (
            Put(items.line_key(self._folder_id, line.number), items.line_item(line), ABSENT),
            Put(items.key_key(self._folder_id, line.key), {"number_": line.number}, ABSENT),
        )

    def _entry(self, identity: Identity) -> Write:
        before, after = self._before[identity], self.present[identity]
        more = self._more_in[identity]
        is_as_known = Condition("version = :known", {"known": before.number if before else 0})
        is_empty_then = Condition(
            f"{is_as_known.words} AND inside = :inside", {**is_as_known.values, "inside": -more}
        )
        condition = is_empty_then if after.is_deleted else is_as_known
        return Update(
            items.entry_key(self._folder_id, identity),
            items.entry_item(after),
            {"inside": more},
            condition if before else ABSENT,
        )

    def _contents(self, folder: Identity) -> Write:
        is_a_folder_there = Condition("takes_more = :yes", {"yes": True})
        return Update(
            items.entry_key(self._folder_id, folder),
            {},
            {"inside": self._more_in[folder]},
            is_a_folder_there,
        )

    def _place(self, key: Key, occupancy: Occupancy) -> Write:
        is_whose_it_was = Condition("entry = :before", {"before": occupancy.before or ""})
        condition = is_whose_it_was if occupancy.before else ABSENT
        if occupancy.after is None:
            return Delete(key, condition)
        return Put(key, {"entry": occupancy.after}, condition)

    def _trace(self, number: int, entry: Identity | None) -> Write:
        """Of a deletion, as long as the entry is deleted. The head guards it: no condition does."""
        key = items.gone_key(self._folder_id, number)
        if entry is None:
            return Delete(key, ANY)
        return Put(key, {"entry": entry}, ANY)
