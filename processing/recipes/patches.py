"""Bytes of a file that are to be overwritten, in place and to the same length. Pure.

A patch is [offset, length, pattern]: from `offset` on, `length` bytes become the pattern (in
hex), again and again. So a list of them fits into JSON and stays short, however much it covers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Patch(NamedTuple):
    offset: int
    length: int
    pattern: str = "00"

    @property
    def end(self) -> int:
        return self.offset + self.length


def in_order(patches: Iterable[Patch]) -> list[Patch]:
    """Sorted, without empty and double ones. Of two that overlap, both stay."""
    return sorted({patch for patch in patches if patch.length > 0})


class Overlay:
    """Patches ready to be laid over a file's bytes, in whatever pieces these come."""

    def __init__(self, patches: Sequence[Sequence[int | str]]) -> None:
        self._patches = in_order(
            Patch(int(offset), int(length), str(pattern)) for offset, length, pattern in patches
        )
        self._starts = [patch.offset for patch in self._patches]
        # Overlapping patches make ends run ahead of starts; the longest says how far to look back.
        self._longest = max((patch.length for patch in self._patches), default=0)

    def over(self, chunks: Iterable[bytes], *, at: int) -> Iterator[bytes]:
        """The same chunks, patched; the first begins at byte `at` of the file."""
        for chunk in chunks:
            yield self.on(chunk, at=at)
            at += len(chunk)

    def on(self, chunk: bytes, *, at: int) -> bytes:
        end = at + len(chunk)
        first = bisect_right(self._starts, at - self._longest)
        last = bisect_right(self._starts, end - 1)
        touching = [patch for patch in self._patches[first:last] if patch.end > at]
        if not touching:
            return chunk
        patched = bytearray(chunk)
        for patch in touching:
            start, stop = max(patch.offset, at), min(patch.end, end)
            pattern = bytes.fromhex(patch.pattern)
            turn = (start - patch.offset) % len(pattern)
            filling = (pattern * ((stop - start) // len(pattern) + 2))[turn : turn + stop - start]
            patched[start - at : stop - at] = filling
        return bytes(patched)
