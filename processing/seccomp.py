"""Take the network and other processes away from a process and all it will start, for good.

A filter in the kernel answers "permission denied" to whoever asks for a socket, so that a
decoder taken over by a hostile file has nobody to tell; to whoever wants to look into its worker
or borrow one of its connections; and to whoever leaves the group that is killed as a whole. It
needs no rights and no other program: seccomp(2),
https://docs.kernel.org/userspace-api/seccomp_filter.html. Pipes and files that were opened
before stay as they are. Other systems than Linux have no such thing.
"""

import ctypes
import errno
import os
import platform
import sys
from typing import NamedTuple

NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER_MODE = 38, 22, 2
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, ARCHITECTURE_AT = 0, 4
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
# Numbers from here on are the calls of another kind of program on the same processor.
FOREIGN_CALLS = 0x40000000


class Processor(NamedTuple):
    """How the kernel calls it, and the numbers of `socket`, `connect`, `io_uring_setup`, `ptrace`,
    `process_vm_readv`, `process_vm_writev`, `pidfd_getfd`, `setsid` and `setpgid`."""

    architecture: int
    calls: tuple[int, ...]


PROCESSORS = {
    "x86_64": Processor(0xC000003E, (41, 42, 425, 101, 310, 311, 438, 112, 109)),
    "aarch64": Processor(0xC00000B7, (198, 203, 425, 117, 270, 271, 438, 157, 154)),
}


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("operand", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("first", ctypes.POINTER(_Instruction)))


def instructions(processor: Processor) -> list[tuple[int, int, int, int]]:
    """The filter: refuse these calls and whatever is not this processor's, allow the rest.

    Jumps count the instructions between; the last but one allows, the last refuses.
    """
    calls = len(processor.calls)
    return [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 0, calls + 3, processor.architecture),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, calls + 1, 0, FOREIGN_CALLS),
        *((EQUAL, calls - at, 0, call) for at, call in enumerate(processor.calls)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]


def _compiled() -> _Program | None:
    processor = PROCESSORS.get(platform.machine()) if sys.platform == "linux" else None
    if processor is None:
        return None
    lines = [_Instruction(*line) for line in instructions(processor)]
    return _Program(len(lines), (_Instruction * len(lines))(*lines))


# Made ahead: between fork and exec there is time for nothing but calls to the system.
_program = _compiled()
_libc = ctypes.CDLL(None, use_errno=True)


def leave_the_network() -> None:
    """From here on this process opens no connection. Raises OSError when the kernel cannot."""
    if _program is None:
        return
    for call in (
        (NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        (SET_SECCOMP, FILTER_MODE, ctypes.byref(_program), 0, 0),
    ):
        if _libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "seccomp")
