"""Plain requests over connections that stay open: a head that tells the length, then the bytes.

Answers of S3 are so, and asked for here they take a third of the processor that the general client
takes for a small file. Whatever is otherwise is `NotPlain`, and the general client's: a proxy on
the way, an answer of unknown length, a certificate that only that one can judge. Asking it again
does no harm, since objects are made once. Tries nothing again but a connection that was closed
while nothing travelled.
"""

import re
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from urllib.parse import urlsplit
from urllib.request import getproxies

from sync.client.traffic import Told, nobody

CONNECT_SECONDS = 10
BUFFER_BYTES, PIECE_BYTES = 2**17, 2**18
# What is sent in one piece with its head; and an answer to what was sent is not longer.
SMALL_BYTES, LONGEST_ANSWER_BYTES = 2**16, 2**16
# A dead line shows when what was sent is not acknowledged for so long.
UNACKNOWLEDGED_SECONDS = 60
# Of heads in small letters: not to look at capitals takes ten times as long.
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+) *\r\n")
_CLOSES = re.compile(rb"\r\nconnection: *close *\r\n")
_FINAL = re.compile(rb"http/1\.1 [2-5]\d\d ")
# Scheme, and host with its port where it has one.
_Where = tuple[str, str]
# A head, and a large body.
_Asked = Sequence[bytes | memoryview]


class NotPlain(Exception):
    """Nothing has come of it: ask by the general client."""


class Plain:
    """Connections to any stores, for many threads. Close it when done."""

    def __init__(self, *, silence_seconds: float) -> None:
        self._silence_seconds = silence_seconds
        self._is_possible = not getproxies().keys() - {"no"}
        # Connections on which nothing travels, by where they lead to.
        self._idle: dict[_Where, deque[_Line]] = defaultdict(deque)

    def close(self) -> None:
        for lines in self._idle.values():
            while lines:
                lines.pop().close()

    def read(
        self, url: str, headers: Mapping[str, str], start: int, end: int
    ) -> Iterator[memoryview]:
        """The bytes of a range as they come; each piece is good until the next is asked for.

        Raises NotPlain before the first, and OSError.
        """
        where, asked = _head("GET", url, {**headers, "range": f"bytes={start}-{end - 1}"})
        line, head, begin, count = self._answered(where, [asked], self._silence_seconds, nobody)
        is_over = False
        try:
            if not head.startswith(b"http/1.1 206 "):
                raise NotPlain
            yield from line.pieces(begin, count, _length(head))
            is_over = not _CLOSES.search(head)
        finally:
            self._leave(line, where, is_over=is_over)

    def put(
        self, url: str, headers: Mapping[str, str], body: bytes, *, seconds: float, told: Told
    ) -> tuple[int, bytes]:
        """Status and body of the answer, for which is waited so long. `told` as for `Connections`.

        Raises NotPlain, after which the body may be there, and OSError.
        """
        where, asked = _head("PUT", url, {**headers, "content-length": str(len(body))})
        whole: _Asked = [asked + body] if len(body) < SMALL_BYTES else [asked, *_pieces(body)]
        try:
            return self._sent(where, whole, seconds, told)
        except ConnectionError as error:
            # It may be a refusal that came before all was sent.
            raise NotPlain from error

    def _sent(self, where: _Where, whole: _Asked, seconds: float, told: Told) -> tuple[int, bytes]:
        line, head, begin, count = self._answered(where, whole, seconds, told)
        is_over = False
        try:
            size_bytes = _length(head)
            if not _FINAL.match(head) or size_bytes > LONGEST_ANSWER_BYTES:
                raise NotPlain
            body = b"".join(map(bytes, line.pieces(begin, count, size_bytes)))
            is_over = not _CLOSES.search(head)
        finally:
            self._leave(line, where, is_over=is_over)
        return int(head[9:12]), body

    def _leave(self, line: "_Line", where: _Where, *, is_over: bool) -> None:
        """For the next request, unless something of this answer may still come."""
        if is_over:
            self._idle[where].append(line)
        else:
            line.close()

    def _answered(
        self, where: _Where, asked: _Asked, seconds: float, told: Told
    ) -> tuple["_Line", bytes, int, int]:
        """Head of an answer, and where what came of its body begins and ends: see `_Line.ask`.

        By a connection that was left open, unless it was closed there meanwhile.
        """
        if not self._is_possible:
            raise NotPlain
        idle = self._idle[where]
        while True:
            try:
                line, is_new = idle.pop(), False
            except IndexError:
                line, is_new = self._opened(*where), True
            try:
                return line, *line.ask(asked, seconds, told)
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
        _set_up(line)
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


def _head(method: str, url: str, headers: Mapping[str, str]) -> tuple[_Where, bytes]:
    # By hand, since taking it all apart takes as long as the rest of a request.
    scheme, _, rest = url.partition("://")
    host, _, target = rest.partition("/")
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    asked = (
        f"{method} /{target} HTTP/1.1\r\nhost: {host}\r\nuser-agent: mediashare-sync\r\n{lines}\r\n"
    )
    return (scheme, host), asked.encode()


def _pieces(body: bytes) -> Iterator[memoryview]:
    """As many bytes at once as even a slow line takes in a moment."""
    whole = memoryview(body)
    return (whole[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES))


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    if not found:
        raise NotPlain
    return int(found[1])


def _set_up(line: socket.socket) -> None:
    """A head goes before its body is asked for, and a dead line shows."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        most = UNACKNOWLEDGED_SECONDS * 1000
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, most)


class _Line:
    """A connection, for one answer after another. Whoever stops within one lets go of it."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._held = bytearray(BUFFER_BYTES)
        self._buffer = memoryview(self._held)

    def close(self) -> None:
        self._socket.close()

    def ask(self, asked: _Asked, seconds: float, told: Told) -> tuple[bytes, int, int]:
        """The head of the answer in small letters.

        And where in the buffer what came of the body begins and ends.
        """
        self._socket.settimeout(seconds)
        head, *body = asked
        self._socket.sendall(head)
        for piece in body:
            self._socket.sendall(piece)
            told(len(piece))
        count = 0
        while (end := self._held.find(b"\r\n\r\n", 0, count)) < 0:
            if count == BUFFER_BYTES:
                raise NotPlain
            count += self._received(self._buffer[count:])
        return bytes(self._buffer[: end + 2]).lower(), end + 4, count

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
