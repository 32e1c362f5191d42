"""Which chunks a large file consists of, cut where its content says so (FastCDC).

What is inserted or taken away moves the cuts near it and no others, so two versions of a file
have all chunks in common but the few that changed. Reads a stream once and holds one chunk at a
time; opens nothing and knows no network.

https://www.usenix.org/conference/atc16/technical-sessions/presentation/xia
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pyfastcdc import FastCDC

# Smaller files travel whole: a part that S3 can copy has at least 5 MiB.
LARGE_BYTES = 16 * 2**20
SMALLEST_BYTES, USUAL_BYTES, LONGEST_BYTES = 2**18, 2**20, 2**22
DIGEST_BYTES = 16

# Another way of cutting gets another number here: its chunks have nothing in common with these.
_HEAD = b"mediashare chunks 1\n"
_LINE = struct.Struct(f">I{DIGEST_BYTES}s")


class ManifestIsUnreadable(Exception):
    """What should be a list of chunks is none. The file can always be fetched whole."""


class Stream(Protocol):
    """What can be read once, from the beginning to the end."""

    def readinto(self, buffer: memoryview, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """So many bytes, and the first 16 bytes of their SHA-256."""

    size_bytes: int
    digest: bytes


Manifest = tuple[Chunk, ...]


def cut(stream: Stream) -> Iterator[tuple[Chunk, memoryview]]:
    """The chunks of a stream, each with its bytes, which are gone when the next is asked for."""
    cutter = FastCDC(USUAL_BYTES, min_size=SMALLEST_BYTES, max_size=LONGEST_BYTES)
    for found in cutter.cut_stream(stream):
        digest = hashlib.sha256(found.data).digest()[:DIGEST_BYTES]
        yield Chunk(found.length, digest), found.data


def manifest_of(stream: Stream) -> Manifest:
    """The chunks of a stream alone."""
    return tuple(chunk for chunk, _ in cut(stream))


def encode(manifest: Iterable[Chunk]) -> bytes:
    """As it is kept and sent: 20 bytes for each chunk."""
    return _HEAD + b"".join(_LINE.pack(chunk.size_bytes, chunk.digest) for chunk in manifest)


def decode(data: bytes) -> Manifest:
    """What `encode` made. Raises ManifestIsUnreadable."""
    if not data.startswith(_HEAD):
        raise ManifestIsUnreadable(f"It begins with {data[: len(_HEAD)]!r}.")
    try:
        return tuple(Chunk(*line) for line in _LINE.iter_unpack(data[len(_HEAD) :]))
    except struct.error as error:
        raise ManifestIsUnreadable(str(error)) from error
