"""Read a file that others may write to: once, from the beginning, with the digests on the way.

Nothing here keeps more than a buffer of it. Whether the file stayed as it was is seen by what the
system says of it before and after, and by the digest of the whole.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from typing import NamedTuple

from sync.client.parts import Part
from sync.client.ports import ChangedWhileRead

BUFFER_BYTES = 2**20
_NO_PART: tuple[int, Part | None] = (0, None)


class State(NamedTuple):
    """What differs after a file was written to."""

    size_bytes: int
    mtime_ns: int
    ctime_ns: int


def state(file: FileIO) -> State:
    found = os.fstat(file.fileno())
    return State(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def pieces(file: FileIO, start: int, end: int) -> Iterator[bytes]:
    """A range of a file. Threads may read one file at once.

    Raises ChangedWhileRead where it is shorter by now.
    """
    while start < end:
        piece = os.pread(file.fileno(), min(BUFFER_BYTES, end - start), start)
        if not piece:
            raise ChangedWhileRead
        start += len(piece)
        yield piece


def span_of(file: FileIO, start: int, end: int) -> bytes:
    """A range of a file, whole, for sending. Raises as `pieces`."""
    content = os.pread(file.fileno(), end - start, start)
    if len(content) == end - start:
        return content
    # More than the system gives at once, or the file is shorter by now.
    return b"".join([content, *pieces(file, start + len(content), end)])


class Digesting:
    """A stream that passes on what it reads, and tells the SHA-256 of each part at its end.

    `found` gets the number of a part, the part, and its digest, in order.
    """

    def __init__(
        self,
        file: FileIO,
        parts: Sequence[Part] = (),
        found: Callable[[int, Part, bytes], None] = lambda number, part, digest: None,
    ) -> None:
        self._file = file
        self._parts = enumerate(parts, 1)
        self._found = found
        self._whole = hashlib.sha256()
        self._at = 0
        self._begin_part()

    def readinto(self, buffer: memoryview, /) -> int:
        count = self._file.readinto(buffer) or 0
        self._take(memoryview(buffer)[:count])
        return count

    def drain(self) -> None:
        """Read to the end."""
        buffer = memoryview(bytearray(BUFFER_BYTES))
        while self.readinto(buffer):
            pass

    @property
    def sha256(self) -> str:
        """Of all that was read, in hex."""
        return self._whole.hexdigest()

    def _take(self, view: memoryview) -> None:
        self._whole.update(view)
        while self._part and view:
            mine = view[: self._part.end - self._at]
            self._digest.update(mine)
            self._at += len(mine)
            view = view[len(mine) :]
            if self._at == self._part.end:
                self._found(self._number, self._part, self._digest.digest())
                self._begin_part()

    def _begin_part(self) -> None:
        self._number, self._part = next(self._parts, _NO_PART)
        self._digest = hashlib.sha256()
