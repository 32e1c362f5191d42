"""Where the client waits for changes that others make."""

import json
from datetime import UTC, datetime

import pytest
from pyreqwest.response import ResponseBuilder

from sync.client.asking import Asking
from sync.client.patience import Patience
from sync.client.service import HttpService

SITE, PLACE = "http://site", "http://elsewhere/sync/v1"
FOLDER = "5e3c8a52-0000-4000-8000-000000000001"
LINE = {
    "number": 4,
    "entry": 32 * "a",
    "base": 0,
    "after": None,
    "key": 32 * "b",
    "author": {"user": "", "name": "Bob"},
    "at_ms": 0,
}


class Network:
    """A site, and a place to wait at that may be away. `asked` is who was asked for changes."""

    def __init__(self, *, place: str = PLACE, is_away: bool = False) -> None:
        self.place, self.is_away = place, is_away
        self.asked: list[str] = []
        self.paused: list[float] = []

    def answer(self, request, further):
        if request.url.path == "/sync/v1/":
            return answer_of(200, {"waiting_url": self.place})
        assert request.url.path == f"/sync/v1/folders/{FOLDER}/changes"
        assert request.headers["authorization"] == "Bearer ms_token"
        self.asked.append(request.url.host_str)
        if request.url.host_str == "elsewhere" and self.is_away:
            return answer_of(503, {}, **{"retry-after": "0"})
        lines = [LINE] if ("wait", "50") in request.url.query_pairs else []
        return answer_of(200, {"lines": lines, "head": 4 if lines else 3})

    def changes(self, *, wait_seconds: float) -> int:
        """How many changes were found after the third."""
        asking = Asking(
            SITE,
            "ms_token",
            patience=Patience(attempts=1),
            pause=self.paused.append,
            instead=self.answer,
        )
        service = HttpService(
            asking, FOLDER, now=lambda: datetime.now(UTC), pause=self.paused.append
        )
        return len(service.changes(3, wait_seconds=wait_seconds).revisions)


def answer_of(status, said, **headers):
    body = json.dumps(said).encode()
    return ResponseBuilder().status(status).headers(headers).body_bytes(body).build_sync()


def test_it_waits_where_the_service_says():
    network = Network()

    assert network.changes(wait_seconds=60) == 1
    assert network.asked == ["elsewhere"]


def test_without_a_wait_the_site_itself_is_asked():
    network = Network()

    assert network.changes(wait_seconds=0) == 0
    assert network.asked == ["site"]


@pytest.mark.parametrize(
    "network", [Network(place=""), Network(is_away=True)], ids=["no place", "it is away"]
)
def test_where_it_cannot_wait_it_asks_the_site_now_and_then(network):
    assert network.changes(wait_seconds=40) == 0
    assert network.asked.count("site") == 4
    assert network.paused == [15, 15, 10]
