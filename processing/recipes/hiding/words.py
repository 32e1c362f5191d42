"""The place in words: XMP anywhere in a file, and the lists of IPTC that Photoshop began.

A property is known by the end of its name, whatever its prefix, and goes with its name; spaces
take its room, so that what remains is still XML.
"""

import re
from collections.abc import Iterator
from mmap import mmap

from processing.recipes.patches import Patch

Buffer = bytes | mmap

SPACE = "20"
_NAME = (
    rb"[\w-]+:(?:\w*(?:gps|latitude|longitude|longtitude|altitude|location)\w*"
    rb"|city|state|provincestate|country\w*|worldregion|sublocation|landmark)"
)
PACKET = re.compile(rb"<(?P<tag>x:xmpmeta|x:xapmeta|rdf:RDF)[\s>].*?</(?P=tag)\s*>", re.DOTALL)
PLACE = re.compile(
    rb"\s" + _NAME + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    rb"|<(?P<empty>" + _NAME + rb")(?:\s[^<>]*)?/>"
    rb"|<(?P<name>" + _NAME + rb")(?:\s[^<>]*)?>.*?</(?P=name)\s*>",
    re.DOTALL | re.IGNORECASE,
)
# The same words with two bytes for each letter are not read here.
WIDE_PACKET = re.compile(rb"x\0?:\0x\0?[am]\0?[pm]")
EXTENSION = re.compile(rb"\xff\xe1(..)http://ns\.adobe\.com/xmp/extension/\0", re.DOTALL)
EXTENSION_HEAD = 35 + 32 + 4 + 4
IPTC_LIST = re.compile(rb"8BIM\x04\x04")
# Content location code and name; city, sub-location, state, country code and country.
IPTC_PLACES = {26, 27, 90, 92, 95, 100, 101}
LONGEST_IPTC = 1 << 16


def patches(data: Buffer) -> Iterator[Patch]:
    """What hides the place in XMP and IPTC. Raises ValueError for XMP that cannot be read here."""
    if WIDE_PACKET.search(data):
        raise ValueError("XMP with two bytes for each letter")
    for packet in PACKET.finditer(data):
        yield from in_packet(packet[0], packet.start())
    yield from _extensions(data)
    for found in IPTC_LIST.finditer(data):
        yield from _in_list(data, found.end())


def in_packet(packet: bytes, at: int) -> Iterator[Patch]:
    for found in PLACE.finditer(packet):
        yield Patch(at + found.start(), found.end() - found.start(), SPACE)


def _extensions(data: Buffer) -> Iterator[Patch]:
    """XMP too long for one segment of a JPEG. If a place is in any of it, all of it goes."""
    pieces = []
    for found in EXTENSION.finditer(data):
        end = found.start() + 2 + int.from_bytes(found[1])
        first = found.start() + 4 + EXTENSION_HEAD
        if first < end <= len(data):
            pieces.append((first, end))
    if pieces and PLACE.search(b"".join(data[first:end] for first, end in pieces)):
        yield from (Patch(first, end - first, SPACE) for first, end in pieces)


def _in_list(data: Buffer, at: int) -> Iterator[Patch]:
    """The records of a Photoshop resource: its name, its length, then one record after another."""
    name_bytes = data[at] + 1 if at < len(data) else 1
    at += name_bytes + name_bytes % 2 + 4
    end = min(len(data), at + LONGEST_IPTC)
    while at + 5 <= end and data[at] == 0x1C:
        record, number = data[at + 1], data[at + 2]
        size = int.from_bytes(data[at + 3 : at + 5])
        if size & 0x8000 or at + 5 + size > end:
            return
        if record == 2 and number in IPTC_PLACES:
            yield Patch(at + 5, size, SPACE)
        at += 5 + size
