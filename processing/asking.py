"""Let a confined child read a file piece by piece, by asking its worker for each piece.

The child has no network, and the file may be larger than any disk: the worker answers from
wherever the bytes are. It believes nothing of a question but two numbers, and checks both.
"""

import os
import socket
import struct
from typing import Protocol

QUESTION = struct.Struct("!QI")
ANSWER = struct.Struct("!I")
# A child that asks and then does not listen is given up after so long.
PATIENCE_SECONDS = 60
LARGEST_ANSWER = 2**22


class Source(Protocol):
    """Bytes that can be read anywhere."""

    @property
    def size_bytes(self) -> int: ...

    def read_at(self, offset: int, length: int) -> bytes: ...


class Babble(Exception):
    """A child asked for something that makes no sense, or did not listen to the answer."""


def answer(ours: socket.socket, source: Source) -> bool:
    """Read one question and answer it; False when no more will come.

    Raises Babble, and what the source raises.
    """
    ours.settimeout(PATIENCE_SECONDS)
    try:
        asked = ours.recv(QUESTION.size, socket.MSG_WAITALL)
        if not asked:
            return False
        offset, length = QUESTION.unpack(asked)
    except (struct.error, OSError) as error:
        raise Babble(str(error)) from error
    found = source.read_at(offset, min(length, LARGEST_ANSWER, max(0, source.size_bytes - offset)))
    try:
        ours.sendall(ANSWER.pack(len(found)) + found)
    except OSError as error:
        raise Babble(str(error)) from error
    return True


class RemoteFile:
    """A file to be read and sought in, in a child. Its bytes come by asking at a socket."""

    def __init__(self, number: int, size_bytes: int) -> None:
        self._number = number
        self._size = size_bytes
        self._at = 0

    def read(self, length: int = -1) -> bytes:
        """At most so many bytes from here on; none at the end."""
        left = max(0, self._size - self._at)
        wanted = left if length < 0 else min(length, left)
        if not wanted:
            return b""
        os.write(self._number, QUESTION.pack(self._at, min(wanted, LARGEST_ANSWER)))
        found = self._exactly(*ANSWER.unpack(self._exactly(ANSWER.size)))
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def _exactly(self, length: int) -> bytes:
        found = bytearray()
        while len(found) < length:
            piece = os.read(self._number, length - len(found))
            if not piece:
                raise EOFError("the worker is gone")
            found += piece
        return bytes(found)
