"""What the IPTC block of a photo says, as agencies and older programs write it. Pure.

The format: https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf
"""

import re
from collections.abc import Iterator
from typing import Any

from processing.recipes.facts import dates, values
from processing.recipes.facts.dates import Said

MARKER = 0x1C
UTF_8 = b"\x1b%G"
PHOTOSHOP = b"Photoshop 3.0\0"
RESOURCE, IPTC_RESOURCE = b"8BIM", 0x0404
MOST_RECORDS = 500
TITLE, KEYWORD, DATE, TIME, CITY, COUNTRY, CAPTION = 5, 25, 55, 60, 90, 101, 120

Records = dict[int, list[str]]


def facts(block: bytes) -> dict[str, Any]:
    found = records(block)
    said = _said(found)
    return {
        "dates": [said] if said else [],
        "description": values.description(_one(found, TITLE), _one(found, CAPTION)),
        "keywords": values.keywords(found.get(KEYWORD, [])),
        "town": ", ".join(
            filter(None, (values.text(_one(found, field)) for field in (CITY, COUNTRY)))
        ),
    }


def records(block: bytes) -> Records:
    """The fields about the picture, out of Photoshop's wrapping if it is in there."""
    if block.startswith(PHOTOSHOP):
        block = _unwrapped(block[len(PHOTOSHOP) :])
    raw = list(_datasets(block))
    is_utf_8 = (1, 90, UTF_8) in raw
    found: Records = {}
    for record, field, value in raw:
        if record == 2:
            found.setdefault(field, []).append(_decoded(value, is_utf_8=is_utf_8))
    return found


def _unwrapped(block: bytes) -> bytes:
    """Photoshop keeps resources: mark, number, padded name, length, padded bytes."""
    at = 0
    while block[at : at + 4] == RESOURCE and at + 12 <= len(block):
        number = int.from_bytes(block[at + 4 : at + 6])
        # The name's length and letters fill an even number of bytes.
        at += 6 + (block[at + 6] + 2) // 2 * 2
        size = int.from_bytes(block[at : at + 4])
        if number == IPTC_RESOURCE:
            return block[at + 4 : at + 4 + size]
        at += 4 + (size + 1) // 2 * 2
    return b""


def _datasets(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for _ in range(MOST_RECORDS):
        if at + 5 > len(block) or block[at] != MARKER:
            return
        size = int.from_bytes(block[at + 3 : at + 5])
        # The highest bit would mean a longer length: no words of people's are that long.
        if size >= 0x8000:
            return
        yield block[at + 1], block[at + 2], block[at + 5 : at + 5 + size]
        at += 5 + size


def _decoded(value: bytes, *, is_utf_8: bool) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace") if is_utf_8 else value.decode("latin-1")


def _one(found: Records, field: int) -> str:
    return found.get(field, [""])[0]


def _said(found: Records) -> Said | None:
    """CCYYMMDD, and HHMMSS with the offset."""
    day = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", _one(found, DATE), re.ASCII)
    time = re.fullmatch(r"(\d\d)(\d\d)(\d\d)([+-]\d{4})?", _one(found, TIME), re.ASCII)
    if not day:
        return None
    clock = dates.clock(*day.groups(), *(time.groups()[:3] if time else ()))
    if clock is None:
        return None
    if not time:
        return Said("iptc", clock, kind="day")
    return Said("iptc", clock, dates.offset_of(time[4] or ""))
