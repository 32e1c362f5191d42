"""Finds out where two sides differ in what they know of a folder, without telling all. Pure.

Entries are dealt into parts by the first digits of their identities. One side sends a digest of
what it knows of each part; the other answers with everything in those parts that are not so.
Both go through their entries once, in order of identity, and hold one part at most.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice

from sync.protocol.folders import MOST_DIGITS, PartBegin
from sync.protocol.messages import File, Identity, Link, Revision

# A part with more is told without being compared, so that it need not be held.
MOST_HELD = 2_000
# Parts are made as small as this, while there may be more of them.
SMALL = 250


def digits_for(count: int) -> int:
    """By how many digits to deal so many entries."""
    return next((n for n in range(MOST_DIGITS) if count <= SMALL * 16**n), MOST_DIGITS)


def digests(lines: Iterable[tuple[Identity, bytes]], digits: int) -> list[str]:
    """The digest of each part, of the lines of all entries in order of identity."""
    found = [hashlib.sha256() for _ in range(16**digits)]
    for identity, line in lines:
        found[_part(identity, digits)].update(line)
    return [each.hexdigest() for each in found]


def differing(
    revisions: Iterable[Revision], digests: Sequence[str]
) -> Iterator[PartBegin | Revision | None]:
    """The parts that have other digests, each with all that is in it; None for any other part.

    `revisions` is everything there is, in order of identity.
    """
    digits = digits_of(len(digests))
    for part, inside in _in_parts(revisions, digits):
        held = list(islice(inside, MOST_HELD + 1))
        if len(held) > MOST_HELD or _digest(held) != digests[part]:
            yield PartBegin(part)
            yield from held
            yield from inside
        else:
            yield None


def digits_of(parts: int) -> int:
    """By how many digits entries were dealt into so many parts. Raises ValueError."""
    found = next((n for n in range(MOST_DIGITS + 1) if 16**n == parts), None)
    if found is None:
        raise ValueError(f"There cannot be {parts} parts")
    return found


def bounds(part: int, digits: int) -> tuple[Identity, Identity]:
    """Identities of a part are not below the first of these, and below the second."""
    prefix = f"{part:0{digits}x}" if digits else ""
    return prefix, f"{prefix}g"


def line(*fields: str | int) -> bytes:
    """An entry in a digest: identity, number, kind, parent and name.

    Then of a file SHA-256, size in bytes, and 1 or 0 for whether it may be run; of a link, target.
    """
    return "\0".join(map(str, fields)).encode() + b"\n"


def _line(revision: Revision) -> bytes:
    state = revision.state
    what: tuple[str | int, ...] = ()
    if isinstance(state, File):
        what = (state.sha256, state.size_bytes, int(state.is_executable))
    elif isinstance(state, Link):
        what = (state.target,)
    kind = str(state.__struct_config__.tag)
    return line(revision.entry, revision.number, kind, state.parent, state.name, *what)


def _digest(revisions: Iterable[Revision]) -> str:
    return hashlib.sha256(b"".join(map(_line, revisions))).hexdigest()


def _part(identity: Identity, digits: int) -> int:
    return int(identity[:digits], 16) if digits else 0


def _in_parts(
    revisions: Iterable[Revision], digits: int
) -> Iterator[tuple[int, Iterator[Revision]]]:
    """All parts in order, also those that nothing is in."""
    of_part: Callable[[Revision], int] = lambda each: _part(each.entry, digits)  # noqa: E731
    awaited = 0
    for part, inside in groupby(revisions, key=of_part):
        for empty in range(awaited, part):
            yield empty, iter(())
        yield part, inside
        awaited = part + 1
    for empty in range(awaited, 16**digits):
        yield empty, iter(())
