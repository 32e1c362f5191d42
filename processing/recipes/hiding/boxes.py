"""The place in films: MP4, MOV, 3GP and the films inside of motion photos.

Boxes that hold a place become free space. Tracks that are neither picture nor sound may hold a
place for each moment, as those of drones and action cameras do: they go whole, samples too, and
subtitles with them, since drones write the place there.
"""

import re
import struct
from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

from processing.recipes.patches import Patch

Buffer = bytes | mmap

FREE = b"free".hex()
SPACE = "20"
HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"moof", b"traf"}
PLACES = {b"\xa9xyz", b"loci", b"GPMF", b"GPS ", b"gps ", b"gps0"}
TOP = {
    *(b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra"),
    *(b"sidx", b"styp", b"pnot", b"PICT", b"pdin", b"emsg", b"mpvd", b"sefd"),
}
SPARE = {b"free", b"skip", b"wide"}
XMP_IDS = {bytes.fromhex("be7acfcb97a942e89c71999491e3afac")}
KEPT_TRACKS = {b"vide", b"soun", b"tmcd", b"auxv", b"pict"}
PLACE_KEY = re.compile(rb"gps|location|latitude|longitude", re.IGNORECASE)
MOST_BOXES, DEEPEST = 100_000, 12


class CannotBeHidden(Exception):
    """There may be a place in this film that would not be found."""


class Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    end: int

    @property
    def gone(self) -> Iterator[Patch]:
        """Free space of the same size."""
        yield Patch(self.start + 4, 4, FREE)
        yield Patch(self.body, self.end - self.body)


def boxes(data: Buffer, start: int, end: int) -> Iterator[Box]:
    """The boxes in a range, until one makes no sense."""
    for _ in range(MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            size, body = struct.unpack_from(">Q", data, start + 8)[0], start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            return
        yield Box(kind, start, body, stop)
        start = stop


def patches(data: Buffer, *, start: int = 0, end: int | None = None) -> Iterator[Patch]:
    """What hides the place in a film between two bytes of a file, its XMP apart.

    Raises CannotBeHidden for a whole file that is not boxes to its end.
    """
    stop = len(data) if end is None else end
    reached = start
    for box in boxes(data, start, stop):
        if box.kind not in TOP:
            break
        yield from _of_top(data, box)
        reached = box.end
    if reached != stop and start == 0:
        raise CannotBeHidden(f"unknown bytes at {reached}")


def _of_top(data: Buffer, box: Box) -> Iterator[Patch]:
    if box.kind in SPARE:
        # Dash cameras write their places into what is said to be free.
        yield Patch(box.body, box.end - box.body)
    elif box.kind == b"uuid":
        if bytes(data[box.body : box.body + 16]) not in XMP_IDS:
            yield Patch(box.body + 16, box.end - box.body - 16)
    elif box.kind == b"moov":
        yield from _of_film(data, box)
    elif box.kind == b"meta":
        yield from _of_meta(data, box)


def _of_film(data: Buffer, film: Box) -> Iterator[Patch]:
    inside = _all(data, film)
    is_in_fragments = any(box.kind == b"mvex" for box in inside)
    for box in inside:
        if box.kind == b"trak" and _kind_of(data, box) not in KEPT_TRACKS:
            if is_in_fragments:
                raise CannotBeHidden("a track of unknown kind, in fragments")
            yield from _samples(data, box)
            yield from box.gone
        else:
            yield from _of_box(data, box, 0)


def _of_box(data: Buffer, box: Box, depth: int) -> Iterator[Patch]:
    if box.kind in PLACES:
        yield from box.gone
    elif box.kind in SPARE:
        yield Patch(box.body, box.end - box.body)
    elif box.kind == b"cmov":
        raise CannotBeHidden("a head that is compressed")
    elif box.kind == b"meta":
        yield from _of_meta(data, box)
    elif box.kind in HOLDERS and depth < DEEPEST:
        for inner in _all(data, box):
            yield from _of_box(data, inner, depth + 1)


def _all(data: Buffer, holder: Box) -> list[Box]:
    """The boxes in one that holds nothing else. Raises CannotBeHidden when there is more in it."""
    found = list(boxes(data, holder.body, holder.end))
    reached = found[-1].end if found else holder.body
    # QuickTime ends a list with four zeros.
    if any(data[reached : holder.end]):
        raise CannotBeHidden(f"unknown bytes at {reached} in {holder.kind!r}")
    return found


def _of_meta(data: Buffer, meta: Box) -> Iterator[Patch]:
    """Apple's list of keys and their values. In MP4 four bytes stand before the first box."""
    plain = data[meta.body + 4 : meta.body + 8] in {b"hdlr", b"keys", b"ilst"}
    inside = {box.kind: box for box in boxes(data, meta.body + (0 if plain else 4), meta.end)}
    if b"ilst" not in inside:
        return
    keys = list(_keys(data, inside[b"keys"])) if b"keys" in inside else []
    for item in boxes(data, inside[b"ilst"].body, inside[b"ilst"].end):
        number = int.from_bytes(item.kind)
        named = keys[number - 1] if 0 < number <= len(keys) else b""
        if item.kind in PLACES:
            yield from item.gone
        elif PLACE_KEY.search(named):
            for value in boxes(data, item.body, item.end):
                yield Patch(value.body + 8, value.end - value.body - 8, SPACE)


def _keys(data: Buffer, keys: Box) -> Iterator[bytes]:
    # They look like boxes, whose kind is the namespace and whose body is the name.
    for key in boxes(data, keys.body + 8, keys.end):
        yield bytes(data[key.body : key.end])


def _find(data: Buffer, box: Box, *path: bytes) -> Box | None:
    for kind in path:
        inner = next((one for one in boxes(data, box.body, box.end) if one.kind == kind), None)
        if inner is None:
            return None
        box = inner
    return box


def _kind_of(data: Buffer, track: Box) -> bytes:
    handler = _find(data, track, b"mdia", b"hdlr")
    return bytes(data[handler.body + 8 : handler.body + 12]) if handler else b""


def _samples(data: Buffer, track: Box) -> Iterator[Patch]:
    """The bytes of a track, chunk by chunk."""
    table = _find(data, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return
    parts = {box.kind: box for box in boxes(data, table.body, table.end)}
    offsets = _offsets(data, parts)
    runs, sizes = _runs(data, parts.get(b"stsc")), _sizes(data, parts.get(b"stsz"))
    sample = 0
    for number, offset in enumerate(offsets, 1):
        count = next((count for first, count in reversed(runs) if first <= number), 0)
        size = sum(sizes[sample : sample + count])
        sample += count
        yield Patch(offset, size)


def _offsets(data: Buffer, parts: dict[bytes, Box]) -> list[int]:
    if b"co64" in parts:
        return _numbers(data, parts[b"co64"], "Q", skip=4)
    return _numbers(data, parts[b"stco"], "I", skip=4) if b"stco" in parts else []


def _runs(data: Buffer, box: Box | None) -> list[tuple[int, int]]:
    """From which chunk on there are how many samples in each."""
    numbers = _numbers(data, box, "I", skip=4, times=3) if box else []
    return list(zip(numbers[::3], numbers[1::3], strict=True))


def _sizes(data: Buffer, box: Box | None) -> list[int]:
    if box is None:
        raise CannotBeHidden("a track without sizes")
    same, count = struct.unpack_from(">II", data, box.body + 4)
    if same:
        return [same] * min(count, MOST_BOXES * 100)
    return _numbers(data, box, "I", skip=8)


def _numbers(data: Buffer, box: Box, kind: str, *, skip: int, times: int = 1) -> list[int]:
    """A table: its count, then so many numbers; no more than its box holds."""
    (count,) = struct.unpack_from(">I", data, box.body + skip)
    first = box.body + skip + 4
    room = (box.end - first) // struct.calcsize(kind)
    return list(struct.unpack_from(f">{min(count * times, room)}{kind}", data, first))
