"""Read how a fragmented MP4 of our own making is built: its head, and where its pieces begin.

Only boxes' sizes and times are read, never media. ISO 14496-12 says what is where.
"""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf"}
DURATION, SIZE, FLAGS, COMPOSITION = 0x100, 0x200, 0x400, 0x800
DATA_OFFSET, FIRST_FLAGS = 0x1, 0x4
BASE, DESCRIPTION, DEFAULT_DURATION = 0x1, 0x2, 0x8


class Head(NamedTuple):
    """What a player must know before the first piece."""

    length: int
    sha256: str
    codecs: str
    timescale: int


class Piece(NamedTuple):
    """One fragment: bytes, when its decoding begins and how long it lasts in ticks, and frames."""

    offset: int
    length: int
    start: int
    ticks: int
    frames: int


def read(path: Path) -> tuple[Head, list[Piece]]:
    """The head and the pieces of a file with one track. Raises ValueError for anything else."""
    with path.open("rb") as file:
        head: Head | None = None
        pieces: list[Piece] = []
        begins = 0
        found: dict[bytes, bytes] = {}
        for name, start, end in _boxes(file, 0, path.stat().st_size):
            if name == b"moov":
                head = _head(file, end, dict(_leaves(file, start, end)))
                begins = end
            elif name == b"moof":
                found = dict(_leaves(file, start, end))
            elif name == b"mdat":
                pieces.append(_piece(begins, end, found))
                begins = end
    if head is None:
        raise ValueError("no moov")
    return head, pieces


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at + 8 <= end:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if length == 1:
            length, header = int.from_bytes(file.read(8)), 16
        if length < header:
            raise ValueError(f"box {name!r} of {length} bytes")
        yield name, at + header, at + length
        at += length


def _leaves(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    for name, start, stop in _boxes(file, at, end):
        if name in INSIDE:
            yield from _leaves(file, start, stop)
        else:
            file.seek(start)
            yield name, file.read(stop - start)


def _head(file: BinaryIO, end: int, leaves: dict[bytes, bytes]) -> Head:
    file.seek(0)
    digest = hashlib.sha256(file.read(end)).hexdigest()
    media = leaves[b"mdhd"]
    timescale = int.from_bytes(media[20:24] if media[0] == 1 else media[12:16])
    return Head(end, digest, _codecs(leaves[b"stsd"]), timescale)


def _codecs(description: bytes) -> str:
    """As RFC 6381 writes it."""
    at = description.find(b"avcC")
    if at >= 0:
        return f"avc1.{description[at + 5 : at + 8].hex()}"
    if b"mp4a" in description:
        return "mp4a.40.2"
    raise ValueError("neither H.264 nor AAC")


def _piece(begins: int, ends: int, leaves: dict[bytes, bytes]) -> Piece:
    start = int.from_bytes(leaves[b"tfdt"][4:])
    frames, ticks = _run(leaves[b"trun"], _default_duration(leaves[b"tfhd"]))
    return Piece(begins, ends - begins, start, ticks, frames)


def _default_duration(header: bytes) -> int:
    flags = int.from_bytes(header[1:4])
    at = 8 + 8 * bool(flags & BASE) + 4 * bool(flags & DESCRIPTION)
    return int.from_bytes(header[at : at + 4]) if flags & DEFAULT_DURATION else 0


def _run(run: bytes, default: int) -> tuple[int, int]:
    flags, count = int.from_bytes(run[1:4]), int.from_bytes(run[4:8])
    if not flags & DURATION:
        return count, count * default
    at = 8 + 4 * bool(flags & DATA_OFFSET) + 4 * bool(flags & FIRST_FLAGS)
    each = 4 * sum(bool(flags & part) for part in (DURATION, SIZE, FLAGS, COMPOSITION))
    places = range(at, at + count * each, each)
    return count, sum(int.from_bytes(run[place : place + 4]) for place in places)


def described(head: Head, pieces: list[Piece]) -> dict[str, Any]:
    """All of it as JSON."""
    return {"head": list(head), "pieces": [list(piece) for piece in pieces]}
