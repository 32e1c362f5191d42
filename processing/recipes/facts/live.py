"""Which photo and which film are one Live Photo: both hold the same identifier. Pure.

The photo has it in the notes of its maker, a small directory of TIFF with offsets from its own
beginning; the film among its keys.
https://exiftool.org/TagNames/Apple.html
https://developer.apple.com/documentation/quicktime-file-format/quicktime_metadata_keys
"""

import re
import struct
from collections.abc import Mapping

NOTES_BEGIN = re.compile(rb"Apple iOS\0..(MM|II)", re.DOTALL)
IDENTIFIER_TAG, TEXT_TYPE = 0x0011, 2
ENTRY_BYTES = 12
KEY = "com.apple.quicktime.content.identifier"
IDENTIFIER = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.ASCII)


def of_photo(notes: bytes) -> str:
    """The identifier in the notes of a photo's maker; empty when there is none."""
    if not (begin := NOTES_BEGIN.match(notes)):
        return ""
    order = ">" if begin[1] == b"MM" else "<"
    entries = notes[begin.end() + 2 :]
    count = int.from_bytes(
        notes[begin.end() : begin.end() + 2], "big" if order == ">" else "little"
    )
    for at in range(0, min(count * ENTRY_BYTES, len(entries) - ENTRY_BYTES + 1), ENTRY_BYTES):
        tag, kind, length, offset = struct.unpack_from(f"{order}HHII", entries, at)
        if (tag, kind) == (IDENTIFIER_TAG, TEXT_TYPE):
            return checked(notes[offset : offset + length].rstrip(b"\0").decode("ascii", "replace"))
    return ""


def of_film(metadata: Mapping[str, str]) -> str:
    """The identifier among what a film's container says; empty when there is none."""
    return checked(metadata.get(KEY, ""))


def checked(value: object) -> str:
    """The value when it is an identifier, else nothing."""
    found = value.upper() if isinstance(value, str) else ""
    return found if IDENTIFIER.fullmatch(found) else ""
