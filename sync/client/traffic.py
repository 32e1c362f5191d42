"""What all transfers share: how many bytes may travel in a second, and how many are held at once.

And whether to stop. Decides nothing about a single transfer.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# What files and parts that are being sent take of the memory, but for one that alone is larger.
HELD_BYTES = 64 * 2**20


# Hears of bytes that have travelled, in any thread.
Told = Callable[[int], None]


def nobody(_size_bytes: int) -> None:
    """Nobody wants to hear of it."""


class Stopped(Exception):
    """Nobody waits for these transfers any more."""


class Rate:
    """Hands out the coming seconds, to one transfer after another. Reads no clock."""

    def __init__(self, bytes_per_second: float) -> None:
        self._bytes_per_second = bytes_per_second
        self._free_at = 0.0
        self._lock = threading.Lock()

    def take(self, size_bytes: int, *, now: float) -> float:
        """Seconds to wait before so many bytes may travel."""
        with self._lock:
            begins_at = max(self._free_at, now)
            self._free_at = begins_at + size_bytes / self._bytes_per_second
        return begins_at - now


class Telling:
    """Tells of the bytes of one body as they travel, of each once, however often they must."""

    def __init__(self, size_bytes: int, moved: Told) -> None:
        self._left_bytes, self._moved = size_bytes, moved

    def __call__(self, size_bytes: int) -> None:
        new = min(size_bytes, self._left_bytes)
        if new:
            self._left_bytes -= new
            self._moved(new)

    def rest(self) -> None:
        """All of it has arrived."""
        self(self._left_bytes)


class Memory:
    """Room for so many bytes; who finds none waits. One that is larger than all goes alone."""

    def __init__(self, size_bytes: int = HELD_BYTES) -> None:
        self._free_bytes = self._size_bytes = size_bytes
        self._changed = threading.Condition()

    @contextmanager
    def of(self, size_bytes: int) -> Iterator[None]:
        taken = min(size_bytes, self._size_bytes)
        with self._changed:
            self._changed.wait_for(lambda: self._free_bytes >= taken)
            self._free_bytes -= taken
        try:
            yield
        finally:
            with self._changed:
                self._free_bytes += taken
                self._changed.notify_all()
