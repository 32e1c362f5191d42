"""Whether two photos look alike. Numbers in, answer out: nothing here asks the database.

How many bits of two hashes differ says how surely they show the same. A copy that was made
smaller, paler or worse differs in up to 6; a cut edge or a slight turn in up to 10, and so do
some photos that have nothing to do with each other. There shape and colour must agree as well.
"""

import base64
import binascii
from typing import NamedTuple

SURE = 6
LIKELY = 10
# What remains of a side when an edge is cut off.
SHAPES_DIFFER = 1.12
# Of the 64 steps of average light and colour in a ThumbHash.
LIGHT_DIFFERS, COLOUR_DIFFERS = 8, 4
_ALL_BITS = 2**64 - 1


class Seen(NamedTuple):
    """What is compared of a photo: its hash, its size upright, and its placeholder in base64."""

    phash: int
    width: int
    height: int
    thumbhash: str


def distance(one: int, other: int) -> int:
    """How many of 64 bits differ."""
    return ((one ^ other) & _ALL_BITS).bit_count()


def are_alike(one: Seen, other: Seen) -> bool:
    """Whether somebody should be asked about these two."""
    apart = distance(one.phash, other.phash)
    if apart > LIKELY:
        return False
    return apart <= SURE or (_have_one_shape(one, other) and _have_one_colour(one, other))


def words(farthest: int) -> str:
    """How much alike photos are, the two that differ most being `farthest` bits apart."""
    if farthest <= 2:
        return "look the same"
    return "look nearly the same" if farthest <= SURE else "look much alike"


def _have_one_shape(one: Seen, other: Seen) -> bool:
    shapes = [(seen.width or 1) / (seen.height or 1) for seen in (one, other)]
    return max(shapes) <= SHAPES_DIFFER * min(shapes)


def _have_one_colour(one: Seen, other: Seen) -> bool:
    pairs = zip(_averages(one.thumbhash), _averages(other.thumbhash), strict=True)
    light, *colours = (abs(here - there) for here, there in pairs)
    return light <= LIGHT_DIFFERS and max(colours) <= COLOUR_DIFFERS


def _averages(thumbhash: str) -> tuple[int, int, int]:
    """Light, yellow against blue, red against green, 0 to 63 each; the head of a ThumbHash."""
    try:
        head = int.from_bytes(base64.b64decode(thumbhash)[:3], "little")
    except binascii.Error:
        head = 0
    return head & 63, head >> 6 & 63, head >> 12 & 63
