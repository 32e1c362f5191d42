"""A door in front of the real S3 server that can be told to answer 503, as AWS does under strain.

SeaweedFS cannot be made to say "Slow Down", so this says it for a while; at all other
times bytes pass untouched in both directions.
"""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator

SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code>'
    b"<Message>Please reduce your request rate.</Message></Error>"
)
REFUSAL = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(SLOW_DOWN), SLOW_DOWN)
)


class FlakyStore(socketserver.ThreadingTCPServer):
    """Forwards to `upstream`, or refuses while `refusing` is set. Counts its refusals."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, upstream: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = upstream
        self.refusing = threading.Event()
        self.refusals = 0
        self.connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def refuse(self) -> None:
        """From now on answer 503, on connections that stand open too."""
        self.refusing.set()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def relent(self) -> None:
        self.refusing.clear()


class _Connection(socketserver.BaseRequestHandler):
    server: FlakyStore

    def handle(self) -> None:
        if self.server.refusing.is_set():
            self.request.recv(65536)
            self.server.refusals += 1
            self.request.sendall(REFUSAL)
            return
        with socket.create_connection(self.server.upstream) as upstream:
            self.server.connections.add(upstream)
            back = threading.Thread(target=_pour, args=(upstream, self.request), daemon=True)
            back.start()
            _pour(self.request, upstream)
            back.join()
            self.server.connections.discard(upstream)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def flaky_store(upstream: tuple[str, int]) -> Iterator[FlakyStore]:
    with FlakyStore(upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
