"""Find the one tree that both sides shall have. Pure.

`base` is what both last agreed on; it tells what was deleted from what is new. What only one side
changed is taken over. Where both changed the same, nothing is lost:

| one side | the other | then |
| --- | --- | --- |
| edited | edited otherwise | both kept: the remote one stays, the local one goes on beside it |
| edited or moved | deleted | it stays |
| moved | moved elsewhere | the remote place counts |
| moved into a folder | that one was deleted | the folder stays |
| moved A into B | moved B into A | the remote places count |
| folders in one another, as broken records say | any | one of them goes to the top |
| new | another of the same name | the remote one has the name, the local one gets another |
| new | the same at the same place | they are one |
| taken away, and put back at its place | still there | they are one |

Names are as `names.spelled` gives them, and an identity never changes its kind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from sync.planner.names import beside, folded, is_parked, unparked
from sync.planner.tree import ROOT, Content, Entry, Identity, Kind, Place, Tree, children

# Why something that only one side has is new, not there any more, or stays.
ONE_SIDED = {
    "here": ("new here", "deleted there", "deleted there, but changed here"),
    "there": ("new there", "deleted here", "deleted here, but changed there"),
}


@dataclass
class Merged:
    """`target` is the tree to reach; `local` is the local one, known by other identities.

    `one` says which entry that is new here was found to be one that is new there, and `parted`
    which file goes on under a new identity, since its old one has other content now.
    """

    target: dict[Identity, Entry]
    local: dict[Identity, Entry]
    one: dict[Identity, Identity] = field(default_factory=dict)
    parted: dict[Identity, Identity] = field(default_factory=dict)
    reasons: dict[Identity, str] = field(default_factory=dict)


def merge(
    base: Tree, local: Tree, remote: Tree, *, new_identity: Callable[[], Identity], remark: str
) -> Merged:
    """What both sides shall have. `remark` tells in names whose copy was put beside."""
    one = same_places(base, local, remote)
    merged = Merged({}, _called(local, one), one)
    here = _unparked(merged.local, base, remote)
    there = _unparked(remote, base, here)
    for identity in sorted(here.keys() | there.keys()):
        sides = base.get(identity), here.get(identity), there.get(identity)
        entry = _decided(identity, *sides, merged.reasons)
        if entry is not None:
            merged.target[identity] = entry
        if _is_conflict(*sides):
            _part(merged, here, identity, new_identity())
    _hang_on_folders(merged, base, here, there)
    _give_names(merged, here, there, remark)
    return merged


def same_places(base: Tree, local: Tree, remote: Tree) -> dict[Identity, Identity]:
    """Which entries that are new here are the same as one there: of one kind, at one place.

    That one is new there too, or was taken away here and has been put back since.
    """
    found: dict[Identity, Identity] = {}
    if local.keys() <= base.keys() | remote.keys():
        return found
    inside_local, inside_remote = children(local), children(remote)
    waiting = [(ROOT, ROOT)]
    while waiting:
        here, there = waiting.pop()
        named = {remote[each].place.name: each for each in inside_remote.get(there, ())}
        for identity in inside_local.get(here, ()):
            twin = named.get(local[identity].place.name)
            if twin is None or local[identity].kind != remote[twin].kind:
                continue
            if identity != twin:
                if identity in base or identity in remote or twin in local:
                    continue
                if twin in base and base[twin].place != remote[twin].place:
                    continue
                found[identity] = twin
            waiting.append((identity, twin))
    return found


def _called(tree: Tree, names: dict[Identity, Identity]) -> dict[Identity, Entry]:
    """A tree in which some entries go by other identities."""
    return {
        names.get(identity, identity): _inside(entry, names.get(entry.place.parent))
        for identity, entry in tree.items()
    }


def _inside(entry: Entry, parent: Identity | None) -> Entry:
    return entry if parent is None else replace(entry, place=Place(parent, entry.place.name))


def _unparked(tree: Tree, base: Tree, other: Tree) -> dict[Identity, Entry]:
    """A tree in which nothing is on its way: who was interrupted in moving it has not moved it."""
    return {
        identity: replace(
            entry, place=_before(entry.place, base.get(identity), other.get(identity))
        )
        if is_parked(entry.place.name)
        else entry
        for identity, entry in tree.items()
    }


def _before(parked: Place, base: Entry | None, other: Entry | None) -> Place:
    """Where a parked entry was, as far as anybody knows; its name knows it too."""
    for known in (base, other):
        if known and not is_parked(known.place.name):
            return known.place
    return Place(parked.parent, unparked(parked.name))


def _decided(
    identity: Identity,
    base: Entry | None,
    here: Entry | None,
    there: Entry | None,
    reasons: dict[Identity, str],
) -> Entry | None:
    """What an entry shall be, or None when it shall not be."""
    if here and there:
        place = there.place
        if base and there.place == base.place:
            place = here.place
        return Entry(there.kind, place, _content(base, here, there))
    found = here or there
    # Not made for each of a hundred thousand anew.
    new, deleted, changed = ONE_SIDED["here" if here else "there"]
    if base is None:
        reasons[identity] = new
    elif found == base:
        reasons[identity] = deleted
        return None
    else:
        reasons[identity] = changed
    return found


def _content(base: Entry | None, here: Entry, there: Entry) -> Content | None:
    """Bytes and flag are decided apart: who lets a file be run has not edited it."""
    if here.content is None or there.content is None:
        return there.content
    before = base.content if base else None
    source = there.content
    if before and _bytes(there.content) == _bytes(before):
        source = here.content
    flagged = there.content
    if before and there.content.is_executable == before.is_executable:
        flagged = here.content
    return replace(source, is_executable=flagged.is_executable)


def _is_conflict(base: Entry | None, here: Entry | None, there: Entry | None) -> bool:
    if not (here and there and here.content and there.content):
        return False
    known = {_bytes(there.content)}
    if base and base.content:
        known.add(_bytes(base.content))
        if _bytes(there.content) == _bytes(base.content):
            return False
    return _bytes(here.content) not in known


def _bytes(content: Content) -> tuple[str, int]:
    return content.sha256, content.size_bytes


def _part(merged: Merged, here: dict[Identity, Entry], identity: Identity, new: Identity) -> None:
    """The local file goes on as one of its own, beside the remote one."""
    merged.parted[identity] = new
    merged.reasons[identity] = merged.reasons[new] = "edited on both sides, both are kept"
    merged.local[new] = merged.local.pop(identity)
    merged.target[new] = here[new] = here.pop(identity)


def _hang_on_folders(merged: Merged, base: Tree, here: Tree, there: Tree) -> None:
    """Keep the folders that something is in, and let none be in itself."""
    target = merged.target
    while True:
        _keep_folders(merged, base, here, there)
        ring = _ring(target)
        if not ring:
            return
        moved = [each for each in ring if not _is_at(there, each, target) and each in there]
        for identity in moved:
            target[identity] = replace(target[identity], place=there[identity].place)
            merged.reasons[identity] = "moved into each other, the remote place counts"
        if not moved:
            # Nobody can have done this: a record is broken, here or there.
            first = min(ring)
            target[first] = replace(target[first], place=Place(ROOT, target[first].place.name))
            merged.reasons[first] = "was in itself by what is recorded, goes to the top"


def _keep_folders(merged: Merged, base: Tree, here: Tree, there: Tree) -> None:
    target = merged.target
    waiting = sorted(target)
    while waiting:
        identity = waiting.pop()
        parent = target[identity].place.parent
        if parent == ROOT or parent in target:
            continue
        found = there.get(parent) or here.get(parent) or base.get(parent)
        if found is None or found.kind != Kind.FOLDER:
            target[identity] = replace(
                target[identity], place=Place(ROOT, target[identity].place.name)
            )
            continue
        target[parent] = found
        merged.reasons[parent] = "deleted, but kept for what is in it"
        waiting.append(parent)


def _ring(tree: Tree) -> list[Identity]:
    """Folders of which each is in the next and the last in the first; none when there are none."""
    sound: set[Identity] = {ROOT}
    for start in sorted(tree):
        way: dict[Identity, None] = {}
        at = start
        while at not in sound and at in tree:
            if at in way:
                ring = list(way)
                return ring[ring.index(at) :]
            way[at] = None
            at = tree[at].place.parent
        sound.update(way)
    return []


def _give_names(merged: Merged, here: Tree, there: Tree, remark: str) -> None:
    """Nothing in one folder has the name of another: who has it remotely keeps it."""
    target = merged.target
    taken: dict[Identity, set[str]] = {}
    holders: dict[Place, Identity] = {}
    for identity in sorted(target, key=lambda each: (not _is_at(there, each, target), each)):
        entry = target[identity]
        if holders.setdefault(entry.place, identity) == identity:
            continue
        inside = entry.place.parent
        taken = taken or _names(target, here, there)
        name = beside(entry.place.name, remark, taken[inside])
        taken[inside].add(folded(name))
        target[identity] = replace(entry, place=Place(inside, name))
        merged.reasons.setdefault(identity, "another one there has its name")


def _names(*trees: Tree) -> dict[Identity, set[str]]:
    """What is taken in each folder, on any side."""
    taken: dict[Identity, set[str]] = {}
    for tree in trees:
        for entry in tree.values():
            taken.setdefault(entry.place.parent, set()).add(folded(entry.place.name))
    return taken


def _is_at(tree: Tree, identity: Identity, target: Tree) -> bool:
    found = tree.get(identity)
    return found is not None and found.place == target[identity].place
