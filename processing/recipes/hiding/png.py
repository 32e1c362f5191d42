"""The place in PNG: a checksum follows each chunk, and some chunks are compressed.

What is compressed cannot be overwritten word by word: such a chunk becomes an empty one of a kind
that nobody knows and everybody skips.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from mmap import mmap

from processing.recipes.patches import Overlay, Patch

Buffer = bytes | mmap

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
# Who writes XMP, EXIF or IPTC as text does it under these names.
PLACES = (b"XML:com.adobe.xmp\0", b"Raw profile type ")
# ImageMagick writes each tag as a text of its own, as exif:GPSLatitude.
PLACE_WORD = re.compile(rb"[^\0]*(?:gps|latitude|longitude|location)", re.IGNORECASE)
PLAIN_XMP = b"XML:com.adobe.xmp\0\0\0"
UNKNOWN = b"prVt"
MOST_CHUNKS = 100_000


def patches(data: Buffer, found: Sequence[Patch]) -> Iterator[Patch]:
    """`found` patches of a PNG, and what its checksums and compressed texts need."""
    overlay = Overlay(found)
    for at, size in _chunks(data):
        body = data[at + 8 : at + 8 + size] if data[at + 4 : at + 8] in TEXTS else b""
        if _may_name_a_place(body):
            yield Patch(at + 4, 4, UNKNOWN.hex())
            yield Patch(at + 8, size)
            yield _checksum(at, size, UNKNOWN + bytes(size))
        elif any(patch.offset < at + 8 + size and patch.end > at + 8 for patch in found):
            yield _checksum(at, size, overlay.on(bytes(data[at + 4 : at + 8 + size]), at=at + 4))
    yield from found


def _may_name_a_place(text: bytes) -> bool:
    """Whether a text is to go whole: by its keyword. Plain XMP is read word by word instead."""
    if text.startswith(PLAIN_XMP):
        return False
    return text.startswith(PLACES) or bool(PLACE_WORD.match(text))


def _checksum(at: int, size: int, checked: bytes) -> Patch:
    return Patch(at + 8 + size, 4, f"{zlib.crc32(checked):08x}")


def _chunks(data: Buffer) -> Iterator[tuple[int, int]]:
    at = len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(data):
            return
        size = int.from_bytes(data[at : at + 4])
        if at + 12 + size > len(data):
            return
        yield at, size
        at += 12 + size
