"""What a tree of files is: entries by identity, each at one place. Values only.

A name and a folder do not make an entry what it is; its identity does, and survives renaming and
moving. So a folder of ten thousand files that gets a new name is one change.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

# Whoever makes an entry gives it one that nobody can guess. The folder itself has none.
Identity = str
ROOT: Identity = ""


class Kind(StrEnum):
    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


# Structs, since there are three of them to an entry: made in an eighth of a dataclass's time. None
# leads back to itself, so nobody needs to look for that.
class Place(Struct, frozen=True, gc=False):
    """Where an entry is: its name in a folder."""

    parent: Identity
    name: str


class Content(Struct, frozen=True, gc=False):
    """What is in a file: the SHA-256 of its bytes, in hex, how many, and whether it may be run.

    Of a symbolic link: of the path that it names.
    """

    sha256: str
    size_bytes: int
    is_executable: bool = False


class Entry(Struct, frozen=True, gc=False):
    """A file, a folder or a link as one side has it. Folders have no content."""

    kind: Kind
    place: Place
    content: Content | None = None


Tree = Mapping[Identity, Entry]


def ancestors(tree: Tree, identity: Identity) -> Iterator[Identity]:
    """The folders that an entry is in, innermost first, without the root.

    Ends where a folder is not in the tree. Raises ValueError when a folder is in itself.
    """
    seen = set[Identity]()
    while (entry := tree.get(identity)) and (identity := entry.place.parent) != ROOT:
        if identity in seen:
            raise ValueError(f"Folder {identity} is in itself.")
        seen.add(identity)
        yield identity


def path_of(tree: Tree, identity: Identity) -> tuple[str, ...]:
    """The names that lead to an entry, from the root on. Raises KeyError where one is missing."""
    folders = [tree[each].place.name for each in ancestors(tree, identity)]
    return (*reversed(folders), tree[identity].place.name)


def top_down(tree: Tree) -> list[Identity]:
    """All entries, each after the folder that it is in; within one folder by name.

    Entries that hang on nothing are left out.
    """
    inside = children(tree)
    ordered: list[Identity] = []
    waiting = [ROOT]
    while waiting:
        found = inside.get(waiting.pop(), ())
        ordered.extend(found)
        waiting.extend(reversed(found))
    return ordered


def children(tree: Tree) -> dict[Identity, list[Identity]]:
    """What is in each folder, by name."""
    inside: dict[Identity, list[Identity]] = {}
    for identity in sorted(tree, key=lambda each: (tree[each].place.name, each)):
        inside.setdefault(tree[identity].place.parent, []).append(identity)
    return inside
