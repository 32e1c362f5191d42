"""Requests that are signed here: what S3 makes of them, and how often they are tried."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mediashare.aws import direct, s3
from mediashare.aws.client import NotFound, Rejected

HEADERS = {"Content-Type": "image/jpeg", "Cache-Control": "private"}


def put(settings, buckets, body, key="renditions/a b/é.jpg"):
    where = {"endpoint_url": settings.S3_ENDPOINT_URL, "bucket": buckets.renditions, "key": key}
    direct.put(**where, body=body, headers=HEADERS)
    return key


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_what_is_put_is_there_with_its_headers(settings, buckets, size):
    key = put(settings, buckets, io.BytesIO(b"x" * size))

    found = s3.head(bucket=buckets.renditions, key=key)
    assert (found.size_bytes, found.content_type) == (size, "image/jpeg")
    assert b"".join(s3.open_range(bucket=buckets.renditions, key=key)) == b"x" * size


def test_bytes_that_changed_on_the_way_are_not_kept(settings, buckets, monkeypatch):
    monkeypatch.setattr(direct, "_crc32", lambda body: "AAAAAA==")

    with pytest.raises(Rejected):
        put(settings, buckets, io.BytesIO(b"bytes"), key="changed")
    with pytest.raises(NotFound):
        s3.head(bucket=buckets.renditions, key="changed")


class _Busy(BaseHTTPRequestHandler):
    """Cannot now, twice; then it can."""

    bodies: list[bytes]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append(body)
        self.send_response(503 if len(self.bodies) < 3 else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def test_a_store_that_is_busy_is_asked_again_and_sent_everything(monkeypatch):
    _Busy.bodies = []
    monkeypatch.setattr(direct, "PAUSE_SECONDS", 0)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        where = {"endpoint_url": address, "bucket": "any", "key": "any"}
        direct.put(**where, body=io.BytesIO(b"bytes"), headers={})
        server.shutdown()

    assert _Busy.bodies == [b"bytes"] * 3
