"""What of a tree a certain disk can hold, and what its owner wants there. Pure.

The service takes every name that any system has. A disk that cannot hold one goes without that
entry, and says so; nobody else's names are changed for its sake.
"""

from collections.abc import Collection
from dataclasses import dataclass

from msgspec.structs import replace

from sync.planner.names import LONGEST_BYTES, folded
from sync.planner.tree import ROOT, Entry, Identity, Kind, Place, Tree, children


@dataclass(frozen=True)
class Disk:
    """What a disk and its system cannot do. As on Linux, unless said otherwise."""

    ignores_case: bool = False
    forbidden_characters: str = "/\0"
    forbidden_names: frozenset[str] = frozenset({".", ".."})
    forbidden_endings: str = ""
    holds_links: bool = True

    def compared(self, name: str) -> str:
        """What of a name counts where two in one folder must differ."""
        return folded(name) if self.ignores_case else name


LINUX = Disk()
# Microsoft, "Naming Files, Paths, and Namespaces".
WINDOWS = Disk(
    ignores_case=True,
    forbidden_characters='<>:"/\\|?*' + "".join(map(chr, range(32))),
    forbidden_names=frozenset(
        {".", "..", "con", "prn", "aux", "nul"}
        | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
    ),
    forbidden_endings=". ",
    holds_links=False,
)
MACOS = Disk(ignores_case=True, forbidden_characters="/:\0")


def held(
    target: Tree, local: Tree, disk: Disk, unwanted: Collection[Identity] = ()
) -> tuple[dict[Identity, Entry], dict[Identity, str]]:
    """The part of a tree to have here, and why what else is wanted cannot be here.

    What is here under a name that it may keep stays under it, when its new one cannot be.
    """
    kept: dict[Identity, Entry] = {}
    problems: dict[Identity, str] = {}
    inside = children(target)
    waiting = [ROOT]
    while waiting:
        folder = waiting.pop()
        names: dict[str, str] = {}
        # Who has a name here already keeps it.
        for identity in sorted(
            inside.get(folder, ()), key=lambda each: _is_new(each, local, target)
        ):
            if identity in unwanted:
                continue
            entry = target[identity]
            if problem := _problem(entry, disk) or _clash(entry.place.name, names, disk):
                problems[identity] = problem
                before = _as_it_was(entry, local.get(identity), folder, names, disk)
                if before is None:
                    continue
                entry = before
            names[disk.compared(entry.place.name)] = entry.place.name
            kept[identity] = entry
            waiting.append(identity)
    return kept, problems


def _is_new(identity: Identity, local: Tree, target: Tree) -> bool:
    found = local.get(identity)
    return found is None or found.place != target[identity].place


def _problem(entry: Entry, disk: Disk) -> str:
    """Why a disk cannot hold an entry; empty when it can."""
    name = entry.place.name
    stem = name.split(".")[0].lower() or name
    if entry.kind == Kind.LINK and not disk.holds_links:
        return "this system has no symbolic links"
    if bad := sorted(set(disk.forbidden_characters).intersection(name)):
        return f"names cannot have {bad[0]!r} here"
    if stem in disk.forbidden_names or name in disk.forbidden_names:
        return "this system keeps the name for itself"
    if disk.forbidden_endings and name.endswith(tuple(disk.forbidden_endings)):
        return f"names cannot end with {name[-1]!r} here"
    if len(name.encode()) > LONGEST_BYTES:
        return f"the name is longer than {LONGEST_BYTES} bytes"
    return ""


def _clash(name: str, names: dict[str, str], disk: Disk) -> str:
    other = names.get(disk.compared(name))
    return f"this disk cannot tell it from {other!r}" if other is not None else ""


def _as_it_was(
    entry: Entry, before: Entry | None, folder: Identity, names: dict[str, str], disk: Disk
) -> Entry | None:
    if before is None or before.place.parent != folder:
        return None
    old = replace(entry, place=Place(folder, before.place.name))
    return None if _problem(old, disk) or _clash(before.place.name, names, disk) else old
