"""Which photos that look alike are asked about together. A plan only: nothing here has effects.

A photo joins the group of its nearest likeness. Two that their owner has told apart never meet in
a group, whoever else is like both; and a group stays small enough to be looked at, so that a long
burst becomes several.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

MOST = 20
Pair = frozenset[UUID]


class Groups:
    """Who is in which group, while newcomers are put in. New groups get ids of their own."""

    def __init__(self, group_of: Mapping[UUID, UUID], apart: Iterable[Pair]) -> None:
        """`group_of` names the group of every photo that is in one of the groups concerned."""
        self.group_of = dict(group_of)
        self._apart = set(apart)
        self._members: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for item, group in group_of.items():
            self._members[group].add(item)

    def bring_in(self, item: UUID, alike: Iterable[UUID]) -> None:
        """Put a photo together with those it is like, nearest first."""
        for other in alike:
            if other != item:
                self._unite(item, other)

    def _unite(self, item: UUID, other: UUID) -> None:
        here, there = self._around(item), self._around(other)
        if item in there or len(here) + len(there) > MOST or self._are_apart(here, there):
            return
        group = self.group_of.get(item) or self.group_of.get(other) or uuid4()
        for each in here | there:
            old = self.group_of.get(each)
            if old is not None:
                self._members[old].discard(each)
            self.group_of[each] = group
            self._members[group].add(each)

    def _around(self, item: UUID) -> set[UUID]:
        group = self.group_of.get(item)
        return set(self._members[group]) if group else {item}

    def _are_apart(self, here: set[UUID], there: set[UUID]) -> bool:
        return any(frozenset({one, other}) in self._apart for one in here for other in there)
