"""A stand-in for the metadata service of an EC2 instance, speaking IMDSv2 over real HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INTERRUPTION = "/latest/meta-data/spot/instance-action"
REBALANCE = "/latest/meta-data/events/recommendations/rebalance"
END_SECONDS = 30


class MetadataService(ThreadingHTTPServer):
    """What a test makes it say, and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, str] = {}
        self.token = "first"
        self.tokens_given = 0
        self.status = 0
        self.delay_seconds = 0.0
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def interrupt(self, *, in_seconds: float = 120) -> datetime:
        """Give the two minutes' notice."""
        ends_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=in_seconds)
        said = {"action": "terminate", "time": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}"}
        self.answers[INTERRUPTION] = json.dumps(said)
        return ends_at

    def recommend_rebalance(self) -> None:
        self.answers[REBALANCE] = json.dumps({"noticeTime": "2026-11-21T12:00:00Z"})


class _Handler(BaseHTTPRequestHandler):
    server: MetadataService

    def do_PUT(self) -> None:
        if self.path != "/latest/api/token" or not self._header("token-ttl-seconds"):
            self._say(400, "")
            return
        self.server.tokens_given += 1
        self._say(self.server.status or 200, self.server.token)

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self._header("token") != self.server.token:
            self._say(401, "")
        elif self.server.status:
            self._say(self.server.status, "")
        elif self.path in self.server.answers:
            self._say(200, self.server.answers[self.path])
        else:
            self._say(404, "")

    def _header(self, name: str) -> str:
        return self.headers.get(f"X-aws-ec2-metadata-{name}", "")

    def _say(self, status: int, body: str) -> None:
        time.sleep(self.server.delay_seconds)
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the screen of the tests."""


@contextmanager
def metadata_service() -> Iterator[MetadataService]:
    service = MetadataService()
    thread = threading.Thread(target=service.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join(END_SECONDS)
