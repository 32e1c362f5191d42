"""A store whose connections break off in the middle of an answer: nobody waits for ever."""

import io
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator

import pytest
from django.core.files.base import ContentFile

from mediashare.aws import multipart, s3
from mediashare.aws.client import Unavailable, calling
from mediashare.aws.renditions import Renditions

# So often a request is tried, by our clients and by django-storages.
MOST_ATTEMPTS = 5


class BreaksOff(socketserver.ThreadingTCPServer):
    """Is gone before it has said what it was about to say: that it will listen, or an answer."""

    daemon_threads = True
    allow_reuse_address = True
    requests: list[bytes]
    says = b"HTTP/1.1 100 Continue\r\n"


class _Connection(socketserver.BaseRequestHandler):
    server: BreaksOff

    def handle(self) -> None:
        self.server.requests.append(self.request.recv(65536))
        self.request.sendall(self.server.says)
        self.request.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def store() -> Iterator[BreaksOff]:
    with BreaksOff(("127.0.0.1", 0), _Connection) as server:
        server.requests = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def address(store: BreaksOff) -> str:
    return f"http://127.0.0.1:{store.server_address[1]}"


@pytest.mark.timeout(120)
def test_a_client_of_ours_gives_up(store, address, settings):
    settings.S3_ENDPOINT_URL = address

    with pytest.raises(Unavailable):
        s3.put(bucket="any", key="any", body=io.BytesIO(b"bytes"), content_type="image/jpeg")

    assert 1 < len(store.requests) <= MOST_ATTEMPTS


ANYTHING = {"bucket": "any", "key": "any"}
QUESTIONS: dict[str, Callable[[], object]] = {
    "how large": lambda: s3.head(**ANYTHING),
    "which bytes": lambda: list(s3.open_range(bucket="any", key="any")),
    "which keys": lambda: list(s3.keys(bucket="any", prefix="")),
    "under which id": lambda: multipart.begin(**ANYTHING, content_type="", metadata={}),
    "which parts": lambda: multipart.stored_parts(**ANYTHING, multipart_id="any"),
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_half_the_head_of_an_answer_is_no_answer(store, address, settings, ask):
    settings.S3_ENDPOINT_URL = address
    store.says = b"HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-Le"

    with pytest.raises(Unavailable):
        ask()


@pytest.mark.timeout(120)
def test_half_of_what_an_error_says_is_an_outage(store, address, settings):
    settings.S3_ENDPOINT_URL = address
    head = b"HTTP/1.1 503 Slow Down\r\nTransfer-Encoding: chunked\r\n\r\n"
    store.says = head + b"40\r\n<Error><Code>SlowD"

    with pytest.raises(Unavailable):
        list(s3.open_range(bucket="any", key="any"))


@pytest.mark.timeout(120)
def test_the_storage_of_renditions_gives_up(store, address):
    storage = Renditions(
        bucket_name="any",
        endpoint_url=address,
        region_name="us-east-1",
        access_key="any",
        secret_key="any",
        addressing_style="path",
    )

    with pytest.raises(Unavailable), calling("keep rendition"):
        storage.save("any", ContentFile(b"bytes"))

    assert 1 < len(store.requests) <= MOST_ATTEMPTS


@pytest.mark.timeout(120)
def test_whoever_reads_gives_up(store, address, settings):
    settings.S3_ENDPOINT_URL = address

    with pytest.raises(Unavailable):
        s3.open_range(bucket="any", key="any")

    assert 1 < len(store.requests) <= MOST_ATTEMPTS
