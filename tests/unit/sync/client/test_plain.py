"""What goes over connections that stay open, and what is the general client's instead."""

import datetime
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.client import errors
from sync.client.connections import Connections, NotThere, NotUnderstood, Refused
from sync.client.parts import Span
from sync.client.traffic import Telling

BODY = b"bytes of alice"
ALL = Span(0, len(BODY))
GOOD = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 14\r\n\r\n" + BODY
LAST = GOOD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
CHUNKED = (
    b"HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nbytes\r\n9\r\n of alice\r\n0\r\n\r\n"
)
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
TAKEN_LAST = TAKEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
SAID = b"<Error><Code>AccessDenied</Code></Error>"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n%s" % (len(SAID), SAID)
REFUSED_EARLY = REFUSED.replace(b"403 Forbidden", b"413 Content Too Large")
IN_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
BROKEN = GOOD[:-3]
CLOSES = b""


class Store:
    """Gives one answer after another, and closes a connection after what is not whole."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: list[bytes] = []
        # The bodies that came whole.
        self.bodies: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}/bucket/key?signed=yes"

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:  # Closed.
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=[line], daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(line, server_side=True) if self._tls else line as told:
                while asked := told.recv(65536):
                    answer = self.answers.pop(0)
                    if answer != REFUSED_EARLY:
                        self._take(told, asked)
                    told.sendall(answer)
                    if answer in {CLOSES, BROKEN, LAST, TAKEN_LAST, REFUSED_EARLY}:
                        return
        except OSError:  # Whoever asked does not trust it.
            line.close()

    def _take(self, told: socket.socket, asked: bytes) -> None:
        while b"\r\n\r\n" not in asked:
            asked += told.recv(65536)
        head, _, body = asked.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head.lower())
        while found and len(body) < int(found[1]):
            body += told.recv(65536)
        if found:
            self.bodies.append(body)


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


@pytest.fixture
def connections() -> Iterator[Connections]:
    connections = Connections()
    yield connections
    connections.close()


def read(connections: Connections, store: Store) -> bytes:
    return b"".join(map(bytes, connections.read(store.address, {}, ALL)))


def test_one_connection_is_read_from_again_and_again(store, connections):
    store.answers = [GOOD, GOOD, GOOD]

    assert [read(connections, store) for _ in range(3)] == [BODY] * 3
    assert store.connections == 1


def test_a_connection_that_the_store_closes_is_not_asked_again(store, connections):
    store.answers = [LAST, GOOD]

    assert [read(connections, store) for _ in range(2)] == [BODY] * 2
    assert store.connections == 2


def test_one_that_was_closed_meanwhile_says_nothing_of_the_store(store, connections):
    store.answers = [GOOD, CLOSES, GOOD]

    assert [read(connections, store) for _ in range(2)] == [BODY] * 2


@pytest.mark.parametrize("answer", [BROKEN, CLOSES])
def test_what_breaks_off_is_for_another_time(store, connections, answer):
    store.answers = [answer, GOOD]

    with pytest.raises(errors.Offline):
        read(connections, store)
    assert read(connections, store) == BODY


def test_whoever_stops_reading_leaves_nothing_for_the_next(store, connections):
    store.answers = [GOOD, GOOD]
    begun = connections.read(store.address, {}, ALL)
    assert BODY.startswith(bytes(next(begun)))
    begun.close()

    assert read(connections, store) == BODY
    assert store.connections == 2


def test_an_answer_in_chunks_is_the_general_clients(store, connections):
    store.answers = [CHUNKED, CHUNKED]

    assert read(connections, store) == BODY


def test_a_refusal_is_told_as_ever(store, connections):
    store.answers = [GONE, GONE]

    with pytest.raises(NotThere):
        read(connections, store)


def test_a_proxy_is_the_general_clients(store, monkeypatch):
    monkeypatch.setenv("http_proxy", store.address)
    connections = Connections()
    store.answers = [GOOD]

    found = b"".join(map(bytes, connections.read("http://photos.example.org/key", {}, ALL)))

    connections.close()
    assert found == BODY


LARGE = bytes(range(256)) * 2**13


@pytest.mark.parametrize("body", [BODY, LARGE], ids=["small", "large"])
def test_one_connection_is_written_to_again_and_again(store, connections, body):
    store.answers = [TAKEN, TAKEN, GOOD, TAKEN]

    for _ in range(2):
        assert connections.put(store.address, {}, body) == b""
    assert read(connections, store) == BODY
    assert connections.put(store.address, {}, body) == b""
    assert store.bodies == [body] * 3
    assert store.connections == 1


@pytest.mark.parametrize("first", [TAKEN_LAST, CLOSES])
def test_a_body_is_sent_again_where_a_connection_had_been_closed(store, connections, first):
    store.answers = [TAKEN, first, TAKEN, TAKEN]

    for _ in range(3):
        assert connections.put(store.address, {}, BODY) == b""
    assert store.connections == 2


def test_what_the_store_says_of_a_body_is_told_as_ever(store, connections):
    store.answers = [REFUSED, TAKEN]

    with pytest.raises(Refused, match="AccessDenied"):
        connections.put(store.address, {}, BODY)
    assert connections.put(store.address, {}, BODY) == b""
    assert store.connections == 1


def test_an_answer_of_unknown_length_is_asked_for_again_by_the_general_client(store, connections):
    store.answers = [IN_CHUNKS, IN_CHUNKS]

    assert connections.put(store.address, {}, BODY) == b""
    assert store.bodies == [BODY] * 2


def test_a_refusal_that_comes_before_the_body_is_heard(store, connections):
    """The connection is closed while most of the body is still to come."""
    store.answers = [REFUSED_EARLY] * 2

    with pytest.raises((NotUnderstood, errors.Offline)):
        connections.put(store.address, {}, LARGE * 4)
    store.answers = [TAKEN]
    assert connections.put(store.address, {}, BODY) == b""


def test_what_has_no_body_is_the_general_clients(store, connections):
    """A copy within the store, which may answer in pieces, and late."""
    store.answers = [IN_CHUNKS]

    assert connections.put(store.address, {"x-amz-copy-source": "/bucket/other"}, b"") == b""


def test_a_body_goes_by_a_proxy_where_there_is_one(store, monkeypatch):
    monkeypatch.setenv("http_proxy", store.address)
    connections = Connections()
    store.answers = [TAKEN]

    assert connections.put("http://photos.example.org/key", {}, BODY) == b""
    assert store.bodies == [BODY]
    connections.close()


def test_a_store_is_trusted_by_its_certificate(tmp_path, monkeypatch):
    certificate = tmp_path / "store.pem"
    certificate.write_bytes(_certificate())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    store = Store(tls)
    store.answers = [GOOD, GOOD, TAKEN]
    stranger = Connections()
    with pytest.raises(errors.Offline):
        read(stranger, store)
    stranger.close()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connections = Connections()

    assert [read(connections, store) for _ in range(2)] == [BODY] * 2
    assert connections.put(store.address, {}, LARGE) == b""
    assert store.bodies == [LARGE]
    connections.close()
    store.close()


def _certificate() -> bytes:
    """A key, and a certificate for it by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + made.public_bytes(serialization.Encoding.PEM)


def test_what_travels_of_a_large_body_is_told_as_it_does_and_once(store, connections):
    told: list[int] = []
    store.answers = [TAKEN]
    telling = Telling(len(LARGE), told.append)

    connections.put(store.address, {}, LARGE, telling)
    telling.rest()

    assert sum(told) == len(LARGE)
    assert len(told) > 1
