"""What to change in a folder so that it holds what an album shows. Pure.

An item is one file in it for as long as it is in the album, whatever happens to its name or bytes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from processing.recipes.zip_names import LONGEST_BYTES, Folder, safe
from sync.planner.tree import ROOT
from sync.protocol.messages import Change, File, Identity, Revision

# What `Folder.place` adds to a name that is taken.
LETTER_BYTES = 4
NUMBERED = re.compile(r" \(\d+\)(?=\.[^.]{1,9}$|$)")


@dataclass(frozen=True)
class Original:
    """An item of the album, with the bytes that it was brought in by."""

    entry: Identity
    name: str
    sha256: str
    size_bytes: int
    modified_ms: int


@dataclass(frozen=True)
class Wish:
    """A change without the key that makes it happen once."""

    entry: Identity
    base: int
    after: File | None

    def with_key(self, key: Identity) -> Change:
        return Change(key, self.entry, self.base, self.after)


def wishes(present: Mapping[Identity, Revision], album: Sequence[Original]) -> Iterator[Wish]:
    """What to ask for, in an order in which each can be done.

    `present` are the entries of the folder, also deleted ones; `album` in its order.
    """
    wanted = {each.entry: each for each in album}
    there = {entry: found for entry, found in present.items() if not found.is_deleted}
    for entry, found in there.items():
        if entry not in wanted:
            yield Wish(entry, found.number, None)
    names = _names(there, album)
    for each in album:
        known = present.get(each.entry)
        after = File(
            ROOT, names[each.entry], each.sha256, each.size_bytes, modified_ms=each.modified_ms
        )
        if known is None or known.is_deleted or _differs(known.state, after):
            yield Wish(each.entry, known.number if known else 0, after)


def _differs(state: object, after: File) -> bool:
    """Whether it has another name or other bytes. When it was made is carried, no more."""
    return not isinstance(state, File) or (state.name, state.sha256) != (after.name, after.sha256)


def _names(there: Mapping[Identity, Revision], album: Sequence[Original]) -> dict[Identity, str]:
    """A name for each, its own wherever that is free; one that fits already is kept.

    So that nothing is renamed because something else comes or goes. Names that are given up by
    these changes are free only the next time: each change must be possible by itself.
    """
    folder = Folder()
    kept = {each.entry: there[each.entry].state.name for each in album if each.entry in there}
    for name in kept.values():
        folder.place(name)
    names = {}
    for each in album:
        known = kept.get(each.entry)
        fits = known is not None and _fits(known, each.name)
        names[each.entry] = known if known and fits else folder.place(each.name)
    return names


def _fits(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, or that with a number, for which a long one was cut."""
    plain, stripped = safe(wanted), NUMBERED.sub("", name)
    if plain in (name, stripped):
        return True
    is_cut = name != stripped and len(name.encode()) > LONGEST_BYTES - LETTER_BYTES
    stem, _, ending = stripped.rpartition(".")
    return is_cut and plain.startswith(stem) and plain.endswith(ending)
