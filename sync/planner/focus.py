"""The part of three trees that a plan has to look at, when most is the same in all. Pure.

What is equal everywhere stays as it is, and matters only where a folder above it goes elsewhere,
or by being above something, or by having a name beside it. That is found out fast.
"""

from collections.abc import Collection

from sync.planner.tree import ROOT, Entry, Identity, Kind, Tree

Trees = tuple[Tree, Tree, Tree]


def focused(base: Tree, local: Tree, remote: Tree, unwanted: Collection[Identity] = ()) -> Trees:
    """What differs, everything in it, beside it and above it. The same plan comes of it."""
    if any(identity in local for identity in unwanted):
        # Everything in these is to go from here, though it is the same everywhere.
        return base, local, remote
    trees = (base, local, remote)
    different = _different(trees)
    folders = _above(different, trees) | _below(different, trees)
    kept = [_inside(folders, tree) for tree in trees]
    return kept[0], kept[1], kept[2]


def _different(trees: Trees) -> set[Identity]:
    base, local, remote = trees
    different = (local.keys() | remote.keys()) - base.keys()
    different.update(
        identity
        for identity, entry in base.items()
        if not (_is_same(entry, local.get(identity)) and _is_same(entry, remote.get(identity)))
    )
    return different


def _is_same(one: Entry, other: Entry | None) -> bool:
    # Mostly they are one object, and comparing takes ten times as long.
    return one is other or one == other


def _above(different: Collection[Identity], trees: Trees) -> set[Identity]:
    """The folders that these are in, on any side, up to the root."""
    folders = {ROOT}
    waiting = list(different)
    while waiting:
        identity = waiting.pop()
        for tree in trees:
            entry = tree.get(identity)
            if entry is not None and entry.place.parent not in folders:
                folders.add(entry.place.parent)
                waiting.append(entry.place.parent)
    return folders


def _below(different: Collection[Identity], trees: Trees) -> set[Identity]:
    """The folders that differ, and all those in them: a disk may not hold them elsewhere."""
    folders: set[Identity] = set()
    for tree in trees:
        inside: dict[Identity, list[Identity]] = {}
        for identity, entry in tree.items():
            if entry.kind == Kind.FOLDER:
                inside.setdefault(entry.place.parent, []).append(identity)
        reached: set[Identity] = set()
        waiting = [each for each in different if each in tree and tree[each].kind == Kind.FOLDER]
        while waiting:
            folder = waiting.pop()
            if folder not in reached:
                reached.add(folder)
                waiting.extend(inside.get(folder, ()))
        folders |= reached
    return folders


def _inside(folders: Collection[Identity], tree: Tree) -> Tree:
    return {key: entry for key, entry in tree.items() if entry.place.parent in folders}
