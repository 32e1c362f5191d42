"""A door in front of the real S3 server that can be told to misbehave, as AWS does under strain.

SeaweedFS cannot be made to say "Slow Down", to be slow, or to break off, so this does it for a
while; at all other times bytes pass untouched in both directions.
"""

import contextlib
import random
import socket
import socketserver
import threading
import time
from collections.abc import Iterator

SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code>'
    b"<Message>Please reduce your request rate.</Message></Error>"
)
REFUSAL = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(SLOW_DOWN), SLOW_DOWN)
)
# What a slow store takes for each piece of at most 64 KiB, and how often one is cut.
SLOW_SECONDS = 0.3
CUT_CHANCE = 0.3


class FlakyStore(socketserver.ThreadingTCPServer):
    """Forwards to `upstream`; while `refusing`, `slow` or `cutting` are set, not as it should.

    Counts its refusals, and the connections that it cut.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = upstream
        self.refusing, self.slow, self.cutting = (threading.Event() for _ in range(3))
        self.refusals = self.cuts = 0
        self.connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def refuse(self) -> None:
        """From now on answer 503, on connections that stand open too."""
        self.refusing.set()
        for connection in list(self.connections):
            _close(connection)

    def relent(self) -> None:
        """Be as good as the store behind it again."""
        for fault in (self.refusing, self.slow, self.cutting):
            fault.clear()


class _Connection(socketserver.BaseRequestHandler):
    server: FlakyStore

    def handle(self) -> None:
        if self.server.refusing.is_set():
            with contextlib.suppress(OSError):
                self.request.recv(65536)
                self.server.refusals += 1
                self.request.sendall(REFUSAL)
            return
        with socket.create_connection(self.server.upstream) as upstream:
            self.server.connections.add(upstream)
            back = threading.Thread(target=self._pour, args=(upstream, self.request), daemon=True)
            back.start()
            self._pour(self.request, upstream)
            back.join()
            self.server.connections.discard(upstream)

    def _pour(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if self.server.slow.is_set():
                    time.sleep(SLOW_SECONDS)
                if self.server.cutting.is_set() and random.random() < CUT_CHANCE:
                    self.server.cuts += 1
                    target.sendall(piece[: len(piece) // 2])
                    _close(source)
                    break
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def flaky_store(upstream: tuple[str, int]) -> Iterator[FlakyStore]:
    with FlakyStore(upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
