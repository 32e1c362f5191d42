"""Ranges of objects over connections that stay open: a head that tells the length, then the bytes.

Answers of S3 are so, and read here they take a third of the processor that the general client takes
for a small file. Whatever is otherwise is `NotPlain`, and the general client's: a proxy on the way,
a refusal, a certificate that only that one can judge. Tries nothing again but a connection that was
closed while nothing travelled.
"""

import re
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urlsplit
from urllib.request import getproxies

CONNECT_SECONDS = 10
BUFFER_BYTES = 2**17
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+) *\r\n", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close *\r\n", re.IGNORECASE)


class NotPlain(Exception):
    """Nothing has come of it: ask by the general client."""


class Gets:
    """Connections to any stores, for many threads. Close it when done."""

    def __init__(self, *, silence_seconds: float) -> None:
        self._silence_seconds = silence_seconds
        self._is_possible = not getproxies().keys() - {"no"}
        # Connections on which nothing travels, by where they lead to.
        self._idle: dict[tuple[str, str], deque[_Line]] = defaultdict(deque)

    def close(self) -> None:
        for lines in self._idle.values():
            while lines:
                lines.pop().close()

    def read(self, url: str, start: int, end: int) -> Iterator[memoryview]:
        """The bytes of a range as they come; each piece is good until the next is asked for.

        Raises NotPlain before the first, and OSError.
        """
        if not self._is_possible:
            raise NotPlain
        scheme, host, path, query, _ = urlsplit(url)
        asked = (
            f"GET {path}?{query} HTTP/1.1\r\nhost: {host}\r\nuser-agent: mediashare-sync\r\n"
            f"range: bytes={start}-{end - 1}\r\n\r\n"
        )
        line, head, begin, count = self._answered(scheme, host, asked.encode())
        is_over = False
        try:
            found = _LENGTH.search(head)
            if not head.startswith(b"HTTP/1.1 206 ") or not found:
                raise NotPlain
            yield from line.pieces(begin, count, int(found[1]))
            is_over = not _CLOSES.search(head)
        finally:
            if is_over:
                self._idle[scheme, host].append(line)
            else:
                line.close()

    def _answered(self, scheme: str, host: str, asked: bytes) -> tuple["_Line", bytes, int, int]:
        """By a connection that was left open, unless it was closed there meanwhile."""
        idle = self._idle[scheme, host]
        while True:
            try:
                line, is_new = idle.pop(), False
            except IndexError:
                line, is_new = self._opened(scheme, host), True
            try:
                return line, *line.ask(asked)
            except (ConnectionError, ssl.SSLEOFError):
                line.close()
                if is_new:
                    raise
            except BaseException:
                line.close()
                raise

    def _opened(self, scheme: str, host: str) -> "_Line":
        split = urlsplit(f"//{host}")
        name, port = split.hostname or "", split.port or {"http": 80, "https": 443}[scheme]
        line = socket.create_connection((name, port), CONNECT_SECONDS)
        line.settimeout(self._silence_seconds)
        try:
            return _Line(
                self._tls.wrap_socket(line, server_hostname=name) if scheme == "https" else line
            )
        except ssl.SSLError as error:
            self._is_possible = False
            line.close()
            raise NotPlain from error

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


class _Line:
    """A connection, for one answer after another. Whoever stops within one lets go of it."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._held = bytearray(BUFFER_BYTES)
        self._buffer = memoryview(self._held)

    def close(self) -> None:
        self._socket.close()

    def ask(self, asked: bytes) -> tuple[bytes, int, int]:
        """The head of the answer, and where in the buffer what came of the body begins and ends."""
        self._socket.sendall(asked)
        count = 0
        while (end := self._held.find(b"\r\n\r\n", 0, count)) < 0:
            if count == BUFFER_BYTES:
                raise NotPlain
            count += self._received(self._buffer[count:])
        return bytes(self._buffer[: end + 2]), end + 4, count

    def pieces(self, begin: int, count: int, size_bytes: int) -> Iterator[memoryview]:
        """The body, of which so much is in the buffer; then a buffer at a time, or what came."""
        while True:
            end = min(BUFFER_BYTES, begin + size_bytes)
            try:
                while count < end:
                    count += self._received(self._buffer[count:end])
            except OSError:
                yield self._buffer[begin:count]
                raise
            yield self._buffer[begin:end]
            size_bytes -= end - begin
            if not size_bytes:
                return
            begin = count = 0

    def _received(self, into: memoryview) -> int:
        count = self._socket.recv_into(into)
        if not count:
            raise ConnectionResetError("the answer broke off")
        return count
