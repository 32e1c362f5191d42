"""The folders on this computer that are kept equal: where they are, and which are paused.

What is known of each lies in it; this is only the list. Nothing here touches a folder.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sync.client.home import Home

FILE = "folders.json"
# A pause without an end.
FOREVER = datetime.max.replace(tzinfo=UTC)


class Root(msgspec.Struct, frozen=True, omit_defaults=True):
    """`folder` is its id at the service, `name` what it is called there. Times are in UTC."""

    path: str
    folder: str
    name: str
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until


class Roots(msgspec.Struct, frozen=True):
    roots: tuple[Root, ...] = ()


def all_of(home: Home) -> tuple[Root, ...]:
    """By path."""
    return (home.read(FILE, Roots) or Roots()).roots


def put(home: Home, root: Root) -> None:
    """Add one to the list, or change what is known of it."""
    others = [each for each in all_of(home) if each.path != root.path]
    _write(home, [*others, root])


def drop(home: Home, path: str) -> None:
    """Take one off the list."""
    _write(home, [each for each in all_of(home) if each.path != path])


def placed(path: Path) -> Path:
    """Where a path is that somebody typed: whole, without `..`, and past the links on its way.

    A link at its end stands for itself: it may be one that is synced.
    """
    whole = Path(os.path.abspath(path))
    return whole.parent.resolve() / whole.name


def holding(home: Home, path: Path) -> Root | None:
    """The one that a path is in."""
    for root in all_of(home):
        if path == Path(root.path) or Path(root.path) in path.parents:
            return root
    return None


def overlapping(home: Home, path: Path) -> Root | None:
    """One that is in a path, or that a path is in, but not at it."""
    for root in all_of(home):
        other = Path(root.path)
        if other != path and (path in other.parents or other in path.parents):
            return root
    return None


def _write(home: Home, roots: list[Root]) -> None:
    home.write(FILE, Roots(tuple(sorted(roots, key=lambda root: root.path))))
