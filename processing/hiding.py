"""Find where a file says at which place it was made. Runs in a child only.

What was found is overwritten in the worker's own copy, and looked for once more: an answer says
that everything is hidden, or that it cannot be.
"""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from processing.recipes.hiding import boxes, exif, png, words
from processing.recipes.hiding.boxes import CannotBeHidden
from processing.recipes.patches import Overlay, Patch, in_order

BIG_TIFF = {b"II+\0", b"MM\0+"}
JXL_CONTAINER = b"\0\0\0\x0cJXL "
PACKED = {b"Exif", b"xml ", b"jumb"}
FILM = re.compile(rb"ftyp")
# Whoever writes a place in words writes one of these; none may be left.
PLACE_WORDS = re.compile(rb"GPS(?:Latitude|Longitude|Position)", re.IGNORECASE)
# Camcorders write date and place between the pictures, in front of each: unregistered user data.
CAMCORDER = b"\x17\xee\x8c\x60\xf8\x4d\x11\xd9\x8c\xd6\x08\x00\x20\x0c\x9a\x66MDPM"
# So much of what is played is looked at: it holds the first picture.
PEEK_BYTES = 2**20
# An answer goes through a pipe.
MOST_PATCHES = 20_000


def hide_in_photo(path: str) -> dict[str, Any]:
    """Patches of a picture, [] when it names no place; or why it cannot be said."""
    return _hide(path, _in_photo)


def hide_in_film(path: str) -> dict[str, Any]:
    """The same of a film, whose media data may be a hole in the file."""
    return _hide(path, _in_film)


def _hide(path: str, look: Any) -> dict[str, Any]:
    with Path(path).open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        try:
            found = in_order(look(data))
            if len(found) > MOST_PATCHES:
                raise CannotBeHidden(f"{len(found)} pieces")
            _apply(data, found)
            if any(_changes(data, patch) for patch in look(data)):
                raise CannotBeHidden("something was left after it was overwritten")
            if look is _in_photo and PLACE_WORDS.search(data):
                raise CannotBeHidden("words of a place where none are known")
        except (CannotBeHidden, ValueError) as why:
            return {"patches": [], "why": str(why)}
    return {"patches": found, "why": ""}


def _apply(data: mmap.mmap, found: list[Patch]) -> None:
    for patch in found:
        data[patch.offset : patch.end] = _covered(data, patch)


def _changes(data: mmap.mmap, patch: Patch) -> bool:
    return _covered(data, patch) != data[patch.offset : patch.end]


def _covered(data: mmap.mmap, patch: Patch) -> bytes:
    return Overlay([patch]).on(data[patch.offset : patch.end], at=patch.offset)


def _in_photo(data: mmap.mmap) -> Iterator[Patch]:
    if data[:4] in BIG_TIFF:
        raise CannotBeHidden("a TIFF with offsets of 64 bits")
    found = [*exif.patches(data), *words.patches(data), *_packed(data), *_films_inside(data)]
    return png.patches(data, found) if data[:8] == png.SIGNATURE else iter(found)


def _packed(data: mmap.mmap) -> Iterator[Patch]:
    """What JPEG XL holds compressed goes whole; so does what was beside the pixels of a JPEG."""
    if data[:8] == JXL_CONTAINER:
        for box in boxes.boxes(data, 0, len(data)):
            packed = box.kind == b"brob" and bytes(data[box.body : box.body + 4]) in PACKED
            if packed or box.kind == b"jbrd":
                yield from box.gone


def _films_inside(data: mmap.mmap) -> Iterator[Patch]:
    """The moving part of a photo stands behind its picture, or in a box of it."""
    for found in FILM.finditer(data):
        start = found.start() - 4
        if start > 0:
            yield from boxes.patches(data, start=start)


def _in_film(data: mmap.mmap) -> Iterator[Patch]:
    yield from boxes.patches(data)
    for box in boxes.boxes(data, 0, len(data)):
        if box.kind == b"mdat":
            if CAMCORDER in data[box.start : min(box.end, box.start + PEEK_BYTES)]:
                raise CannotBeHidden("a camcorder's notes between the pictures")
        else:
            piece = bytes(data[box.start : box.end])
            for patch in (*words.patches(piece), *exif.patches(piece)):
                yield patch._replace(offset=patch.offset + box.start)
