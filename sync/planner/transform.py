"""Turn one tree into another, in an order in which each change is possible. Pure.

At every moment each place has one entry at most, and each entry is in a folder that is there.
Whatever is in the way goes to its own place first; where that is a ring (two names exchanged), one
of them is parked under a name of its own meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from sync.planner.names import parked, spelled
from sync.planner.tree import ROOT, Entry, Identity, Place, Tree, top_down


class Change(Struct, frozen=True, gc=False):
    """One entry before and after: made, moved, given other content, or removed.

    Moving and other content are two changes. `before` is what must be found, or nothing is done.
    """

    identity: Identity
    before: Entry | None
    after: Entry | None


def transform(
    current: Tree, target: Tree, *, compared: Callable[[str], str] = spelled
) -> list[Change]:
    """The changes that make `target` of `current`, in order. Entries keep their identity.

    `compared` gives what of a name counts where two must differ.
    """
    # Mostly one side has nothing to do.
    return [] if current == target else list(_Way(current, target, compared).changes())


class _Way:
    def __init__(self, current: Tree, target: Tree, compared: Callable[[str], str]) -> None:
        self._state = dict(current)
        self._target = target
        self._compared = compared
        self._at = {self._key(entry.place): identity for identity, entry in current.items()}
        self._inside = Counter(entry.place.parent for entry in current.values())
        self._settled: set[Identity] = {ROOT}

    def changes(self) -> Iterator[Change]:
        for identity in top_down(self._target):
            wanted = self._target[identity]
            if not self._is_settled(identity, wanted):
                yield from self._settle(identity)
            if self._state.get(identity) != wanted:
                yield self._change(identity, wanted)
        unwanted = {key: each for key, each in self._state.items() if key not in self._target}
        for identity in reversed(_bottom_last(unwanted)):
            yield self._change(identity, None)

    def _is_settled(self, identity: Identity, wanted: Entry) -> bool:
        """Whether it is at its place, or is new and finds that free. Mostly it is."""
        have = self._state.get(identity)
        if have and have.place != wanted.place:
            return False
        if self._in_the_way_of(identity) is not None:
            return False
        self._settled.add(identity)
        return True

    def _settle(self, identity: Identity) -> Iterator[Change]:
        """Bring an entry to its place, and before it whatever is in the way, to theirs."""
        row = [identity]
        while (inside := self._in_the_way_of(row[-1])) is not None:
            if self._may_go(inside) and inside not in row:
                row.append(inside)
            else:
                yield self._out_of_the_way(inside)
                break
        for each in reversed(row):
            yield from self._place(each)

    def _in_the_way_of(self, identity: Identity) -> Identity | None:
        found = self._at.get(self._key(self._target[identity].place))
        return None if found == identity else found

    def _may_go(self, identity: Identity) -> bool:
        wanted = self._target.get(identity)
        return wanted is not None and wanted.place.parent in self._settled

    def _out_of_the_way(self, identity: Identity) -> Change:
        entry = self._state[identity]
        if identity not in self._target and not self._inside[identity]:
            return self._change(identity, None)
        inside, name = entry.place.parent, entry.place.name
        free = parked(name, lambda wanted: self._key(Place(inside, wanted)) in self._at)
        return self._change(identity, replace(entry, place=Place(inside, free)))

    def _place(self, identity: Identity) -> Iterator[Change]:
        have, wanted = self._state.get(identity), self._target[identity]
        if have is None:
            yield self._change(identity, wanted)
        elif have.place != wanted.place:
            yield self._change(identity, replace(have, place=wanted.place))
        self._settled.add(identity)

    def _key(self, place: Place) -> tuple[Identity, str]:
        return place.parent, self._compared(place.name)

    def _change(self, identity: Identity, after: Entry | None) -> Change:
        before = self._state.pop(identity, None)
        if before is not None:
            place = self._key(before.place)
            # Records may have two at one place, until the one that went is looked for.
            if self._at.get(place) == identity:
                del self._at[place]
            self._inside[before.place.parent] -= 1
        if after is not None:
            self._state[identity] = after
            self._at[self._key(after.place)] = identity
            self._inside[after.place.parent] += 1
        return Change(identity, before, after)


def _bottom_last(tree: Tree) -> list[Identity]:
    """Entries of a part of a tree, each after the folder that it is in."""
    rooted = {
        identity: entry
        if entry.place.parent in tree
        else replace(entry, place=Place(ROOT, entry.place.name))
        for identity, entry in tree.items()
    }
    return top_down(rooted)
