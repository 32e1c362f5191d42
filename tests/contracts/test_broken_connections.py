"""A store whose connections break off in the middle of an answer: nobody waits for ever."""

import io
import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile

from mediashare.aws import s3
from mediashare.aws.client import Unavailable, calling
from mediashare.aws.renditions import Renditions

# So often a request is tried, by our clients and by django-storages.
MOST_ATTEMPTS = 5


class BreaksOff(socketserver.ThreadingTCPServer):
    """Says that it will listen, and is gone before it has said so."""

    daemon_threads = True
    allow_reuse_address = True
    requests: list[bytes]


class _Connection(socketserver.BaseRequestHandler):
    server: BreaksOff

    def handle(self) -> None:
        self.server.requests.append(self.request.recv(65536))
        self.request.sendall(b"HTTP/1.1 100 Continue\r\n")
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
