"""Ctrl-C: what is on its way arrives first, unless somebody has no time for that.

A part of a large file is not broken off while it is sent, which takes a minute on a slow line.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Collection
from types import FrameType

from sync.client.cli.endings import Ending

# Who waits longer than this is told for what.
PATIENCE_SECONDS = 1.0
WAITING = "Stopping. What is on its way arrives first; Ctrl-C once more ends at once.\n"
STOPPED = "Stopped. The next run goes on from here."
# A progress bar is on the line, and hides the cursor.
CLEAR_LINE, SHOW_CURSOR = "\r\x1b[2K", "\x1b[?25h"


def listen(numbers: Collection[int], then: Callable[[], None]) -> None:
    """Have the first of these signals do something, and the second end the program at once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, _end)
        telling = threading.Timer(PATIENCE_SECONDS, _say, [WAITING])
        telling.daemon = True
        telling.start()
        then()

    for number in numbers:
        signal.signal(number, stop)


def interrupt() -> None:
    """What Python does about Ctrl-C."""
    raise KeyboardInterrupt


def _end(_number: int, _frame: FrameType | None) -> None:
    """As by a power cut, after which the next run makes good whatever was under way."""
    _say(f"{STOPPED}\n", before=SHOW_CURSOR)
    os._exit(Ending.TRY_LATER)


def _say(text: str, *, before: str = "") -> None:
    # Not by way of Python's buffers, which whoever was interrupted may be holding.
    shown = f"{CLEAR_LINE}{before}{text}" if sys.stderr.isatty() else text
    os.write(sys.stderr.fileno(), shown.encode())
