"""Let the bytes of many files survive a power cut by one call, where it does the same as many.

Of 10,000 small files that arrive it saves half a second of processor. But the call waits for what
all programs have written, so it is made only while that is little: with 700 MiB of another's on
their way it took 0.4 s where 768 files alone take 0.1 s.
"""

import ctypes
import os
import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

# Fewer are quickly flushed one by one.
FEWEST = 100
# What waits for the disk, of all programs: twice what arrives at once.
MOST_WAITING_BYTES = 128 * 2**20
# ext4, XFS and Btrfs (statfs(2)). Of what is behind FUSE or a network, the call promises less.
_KNOWN = {0xEF53, 0x58465342, 0x9123683E}
# Before this Linux did not say by this call what could not be written (syncfs(2)).
_TELLS_ERRORS = (5, 8)


def flush_together(paths: Sequence[str]) -> bool:
    """Flush these files of one folder; False when that is to be done one by one. Raises OSError."""
    if len(paths) < FEWEST or not _can():
        return False
    folder = os.path.dirname(paths[0])
    if any(os.path.dirname(path) != folder for path in paths):
        return False
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        # It went, or is not to be read: what can be flushed of it is so one by one.
        return False
    try:
        if _kind(handle) not in _KNOWN or _waiting_bytes() > MOST_WAITING_BYTES:
            return False
        if _LIBRARY.syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(handle)
    return True


@lru_cache(maxsize=1)
def _can() -> bool:
    if sys.platform != "linux":
        return False
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return release is not None and tuple(map(int, release.groups())) >= _TELLS_ERRORS


def _kind(handle: int) -> int:
    """The number of a file system's kind, with which what `fstatfs` says begins."""
    said = (ctypes.c_long * 32)()
    return said[0] if _LIBRARY.fstatfs(handle, said) == 0 else 0


def _waiting_bytes() -> int:
    """What programs have written that is not on a disk yet."""
    found = re.search(r"^Dirty: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else sys.maxsize


_LIBRARY: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
