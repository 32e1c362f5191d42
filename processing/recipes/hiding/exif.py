"""The place in EXIF: the GPS directory of every TIFF structure, wherever in a file it stands.

A TIFF structure is found by its first bytes and believed only if its directories make sense, so
the container does not matter: JPEG, PNG, WebP, HEIC, raw files, previews inside of them.
Offsets in a file are a stranger's: nothing here reads beyond its end or goes in circles.
"""

import re
import struct
from collections.abc import Iterator
from mmap import mmap

from processing.recipes.patches import Patch

Buffer = bytes | mmap

START = re.compile(rb"II[*]\0|MM\0[*]")
# Makers' own first bytes, only at the very beginning of a raw file: Panasonic, Olympus.
OWN_STARTS = {b"IIU\0": "<", b"IIRO": "<", b"IIRS": "<", b"MMOR": ">"}
CANON_PLACE = b"CMT4"  # CR3 has the GPS directory as a structure of its own in a box of this name.
NIKON = b"Nikon\0"
PANASONIC = re.compile(rb"Panasonic\0\0\0")
SUB_DIRECTORIES = {0x014A, 0x8769, 0x0190}
GPS, IPTC, MAKER_NOTE = 0x8825, 0x83BB, 0x927C
# Names of places that a camera writes into its maker's notes.
NIKON_PLACE, PANASONIC_PLACES = {0x0039}, {0x0067, 0x0069, 0x006B, 0x006D, 0x006F, 0x0080}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
MOST_ENTRIES, MOST_DIRECTORIES, LAST_GPS_TAG = 1000, 64, 0x1F


class _Tiff:
    """One TIFF structure. Its offsets count from `start`."""

    def __init__(self, data: Buffer, start: int, order: str) -> None:
        self.data, self.start, self.order = data, start, order

    def number(self, kind: str, at: int) -> int | None:
        size = struct.calcsize(kind)
        if at < 0 or at + size > len(self.data):
            return None
        return int(struct.unpack_from(self.order + kind, self.data, at)[0])

    def entries(self, at: int) -> list[tuple[int, int, int, int]]:
        """Tag, where its entry is, where its value is, and that one's bytes; [] for nonsense.

        Cameras and programs write an odd entry now and then, which readers step over.
        """
        end = self.end_of(at)
        if end is None:
            return []
        found = []
        for entry in range(at + 2, end, 12):
            tag, kind, length = struct.unpack_from(self.order + "HHI", self.data, entry)
            size = SIZES.get(kind, 0) * length
            if not size or size > len(self.data):
                continue
            far = self.start + (self.number("I", entry + 8) or 0)
            value = entry + 8 if size <= 4 else far
            if value + size > len(self.data):
                # One value that points nowhere does not make the others wrong.
                value, size = entry + 8, 4
            found.append((tag, entry, value, size))
        return found if 24 * len(found) >= end - at - 2 else []

    def end_of(self, at: int) -> int | None:
        """Where the entries of a directory end; None where there can be none."""
        count = self.number("H", at)
        if not count or count > MOST_ENTRIES or at + 2 + 12 * count > len(self.data):
            return None
        return at + 2 + 12 * count


def patches(data: Buffer) -> Iterator[Patch]:
    """What hides the place in every TIFF structure of a file.

    Raises ValueError for a GPS directory that cannot be read here, and may be elsewhere.
    """
    for found in START.finditer(data):
        yield from _of_structure(data, found.start(), "<" if found[0][:1] == b"I" else ">")
    order = OWN_STARTS.get(bytes(data[:4]))
    if order:
        yield from _of_structure(data, 0, order)


def _of_structure(data: Buffer, start: int, order: str) -> Iterator[Patch]:
    tiff = _Tiff(data, start, order)
    first = tiff.number("I", start + 4)
    if first is None or first < 8:
        return
    if data[start - 4 : start] == CANON_PLACE:
        yield from _of_gps(tiff, start + first)
        return
    if data[max(0, start - 10) : start - 4] == NIKON:
        yield from _of_values(tiff, start + first, NIKON_PLACE)
        return
    yield from _of_directories(tiff, start + first)


def _of_directories(tiff: _Tiff, first: int) -> Iterator[Patch]:
    waiting, seen = [first], set[int]()
    while waiting and len(seen) < MOST_DIRECTORIES:
        at = waiting.pop()
        entries = tiff.entries(at)
        if at in seen or not entries:
            continue
        seen.add(at)
        if following := tiff.number("I", tiff.end_of(at) or at):
            waiting.append(tiff.start + following)
        for tag, _, value, size in entries:
            if tag in SUB_DIRECTORIES:
                places = (tiff.number("I", value + step) for step in range(0, size, 4))
                waiting += [tiff.start + place for place in places if place]
            else:
                yield from _of_entry(tiff, tag, value, size)


def _of_entry(tiff: _Tiff, tag: int, value: int, size: int) -> Iterator[Patch]:
    if tag == GPS:
        yield from _of_gps(tiff, tiff.start + (tiff.number("I", value) or 0))
    elif tag == IPTC:
        yield Patch(value, size)
    elif tag == MAKER_NOTE and PANASONIC.match(tiff.data, value):
        yield from _of_values(tiff, value + 12, PANASONIC_PLACES)


def _of_gps(tiff: _Tiff, at: int) -> Iterator[Patch]:
    """An empty directory instead of one with a place; its values go too.

    Programs put tags of their own into it, as Windows does for padding.
    """
    end, entries = tiff.end_of(at), tiff.entries(at)
    if end is None:
        return
    if not any(tag <= LAST_GPS_TAG for tag, *_ in entries):
        raise ValueError(f"a GPS directory at {at} that makes no sense")
    for _, _, value, size in entries:
        yield Patch(value, size)
    yield Patch(at, end - at)


def _of_values(tiff: _Tiff, at: int, tags: set[int]) -> Iterator[Patch]:
    for tag, _, value, size in tiff.entries(at):
        if tag in tags:
            yield Patch(value, size)
