"""A store that takes a connection and then says nothing holds nobody for ever."""

import socket
import threading
from collections.abc import Iterator

import pytest

from sync.client import errors
from sync.client.connections import Connections
from sync.client.parts import Span
from sync.client.traffic import Rate

SILENCE_SECONDS = 0.2
BODY = b"bytes of alice"
BEGINNING = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 14\r\n\r\nbytes"


class SilentStore:
    """Takes every connection, says what it is told to, and keeps it open."""

    def __init__(self) -> None:
        self.says = b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/any"

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        for each in (self._socket, *self._lines):
            each.close()

    def _take(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:  # Closed.
                return
            self._lines.append(line)
            line.recv(65536)
            line.sendall(self.says)


@pytest.fixture
def store() -> Iterator[SilentStore]:
    store = SilentStore()
    yield store
    store.close()


@pytest.fixture(params=["as fast as can be", "at a rate"])
def connections(request: pytest.FixtureRequest) -> Iterator[Connections]:
    rate = Rate(10**6) if request.param == "at a rate" else None
    connections = Connections(up=rate, silence_seconds=SILENCE_SECONDS)
    yield connections
    connections.close()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("says", [b"", BEGINNING], ids=["nothing", "a beginning"])
def test_reading_from_a_silent_store_is_given_up(store, connections, says):
    store.says = says

    with pytest.raises(errors.Offline):
        list(connections.read(store.address, {}, Span(0, len(BODY))))


@pytest.mark.timeout(60)
def test_sending_to_a_silent_store_is_given_up(store, connections):
    with pytest.raises(errors.Offline):
        connections.put(store.address, {}, BODY)
