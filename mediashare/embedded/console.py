"""How the stack speaks: one line, one prefix, a colour for each part."""

import sys
import threading
from collections.abc import Callable
from typing import IO

COLOURS = {
    "postgres": 34,
    "objects": 33,
    "broker": 31,
    "web": 32,
    "interactive": 35,
    "media": 95,
    "timer": 36,
}
WIDTH = max(len(name) for name in COLOURS)

Say = Callable[[str, str], None]


class Console:
    """Writes whole lines, so that parts that speak at once do not mix."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty()
        self._is_open = True
        self._lock = threading.Lock()

    def say(self, name: str, line: str) -> None:
        prefix = f"{name:<{WIDTH}} |"
        if self._coloured:
            prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
        self.show(f"{prefix} {line}")

    def show(self, text: str) -> None:
        """Text that belongs to no part."""
        with self._lock:
            if self._is_open:
                try:
                    print(text, file=self._stream, flush=True)
                except OSError:
                    # The terminal was closed. The parts must still be stopped in order.
                    self._is_open = False
