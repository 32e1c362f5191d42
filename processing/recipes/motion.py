"""Find the film inside a moving photo, and say how it becomes playable. Pure.

Phones hide it in many ways: appended after the JPEG with its length in XMP (Google's
MicroVideo and Container), behind the words MotionPhoto_Data (Samsung), in a box `mpvd` of
a HEIC. In each of them lies a whole MP4, so that is what is looked for: what an editor
left over from before is not believed.
"""

from mmap import mmap
from typing import NamedTuple

BOXES = frozenset(
    [b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"udta", b"moof", b"mfra"]
)
HEADER = 8


class Extent(NamedTuple):
    """Where in a file something lies, in bytes."""

    start: int
    length: int


def moving_part(data: bytes | mmap) -> Extent | None:
    """The first whole MP4 that does not begin the file itself."""
    at = data.find(b"ftyp", HEADER)
    while at > 0:
        if found := _film_at(data, at - 4):
            return found
        at = data.find(b"ftyp", at + 4)
    return None


def _film_at(data: bytes | mmap, start: int) -> Extent | None:
    """The boxes from here on, when they are a film: one of its pictures and one of its index."""
    seen = set()
    end = start + int.from_bytes(data[start : start + 4])
    while end + HEADER <= len(data) and (kind := data[end + 4 : end + HEADER]) in BOXES:
        size = _box_size(data, end)
        if size < HEADER or end + size > len(data):
            break
        seen.add(kind)
        end += size
    return Extent(start, end - start) if {b"moov", b"mdat"} <= seen else None


def _box_size(data: bytes | mmap, at: int) -> int:
    size = int.from_bytes(data[at : at + 4])
    if size == 1:
        return int.from_bytes(data[at + HEADER : at + 16])
    return size or len(data) - at
