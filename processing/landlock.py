"""Take the disk away from a process and all it will ever start, but for one folder, for good.

A decoder that a hostile file took over reads no other file than Python's and its libraries', and
writes nowhere but in the folder that is its own. It cannot look into other processes either, nor,
from Linux 6.12 on, signal them. It needs no rights: https://docs.kernel.org/userspace-api/landlock.html.
Files that were opened before stay open. Other systems than Linux have no such thing.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

# The same on all processors.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
NO_NEW_PRIVILEGES = 38
ASK_VERSION, PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = (1 << number for number in range(4))
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG, TRUNCATE = (1 << number for number in (4, 5, 7, 8, 14))
# How many of the ways to touch a file a version of Landlock knows; from 5 on it is 16.
WAYS = {1: 13, 2: 14, 3: 15, 4: 15}
NO_SIGNALS_AND_SOCKETS = 3
SCOPES_SINCE = 6
RULES, RULE = struct.Struct("=QQQ"), struct.Struct("=Qi")
READING = READ_FILE | READ_DIR
WORKING = (
    READING | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
)  # No links: what is called by a name here is here.
_libc = ctypes.CDLL(None, use_errno=True)


@cache
def version() -> int:
    """Which Landlock this kernel has; 0 is none."""
    if sys.platform != "linux":
        return 0
    found: int = _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    return max(0, found)


def stay_in(folder: Path) -> None:
    """From here on this process reaches only a folder, and reads what programs are made of.

    Raises OSError when the kernel cannot.
    """
    known = (1 << WAYS.get(version(), 16)) - 1
    scoped = NO_SIGNALS_AND_SOCKETS if version() >= SCOPES_SINCE else 0
    # A kernel refuses more than it knows, and takes less.
    rules = RULES.pack(known, 0, scoped)[: 24 if scoped else 8]
    ruleset = _asked(CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    try:
        _allow(ruleset, [folder], WORKING & known)
        _allow(ruleset, _programs(), EXECUTE | READING)
        # Who starts a program gives it this for what it need not say.
        _allow(ruleset, [Path(os.devnull)], READ_FILE | WRITE_FILE)
        if _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            raise _error()
        _asked(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _programs() -> Iterable[Path]:
    """Where Python, its packages, libraries and this project's own modules are."""
    python = (sys.prefix, sys.base_prefix, sys.exec_prefix)
    found = {Path(each) for each in (*python, "/usr", "/lib", "/lib64")}
    return [Path(__file__).parent, *(path for path in found if path.is_dir())]


def _allow(ruleset: int, folders: Iterable[Path], ways: int) -> None:
    for folder in folders:
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        try:
            _asked(ADD_RULE, ruleset, PATH_BENEATH, RULE.pack(ways, opened), 0)
        finally:
            os.close(opened)


def _asked(call: int, *arguments: object) -> int:
    answer: int = _libc.syscall(call, *arguments)
    if answer < 0:
        raise _error()
    return answer


def _error() -> OSError:
    number = ctypes.get_errno() or errno.ENOSYS
    return OSError(number, os.strerror(number), "landlock")
