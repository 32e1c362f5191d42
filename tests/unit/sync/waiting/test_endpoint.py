"""What a waiting client is answered, as ASGI says it."""

import asyncio
import hashlib
import json

import pytest

from sync.server.waiting.door import CannotLook, Door
from sync.server.waiting.endpoint import COMING_BACK_SECONDS, Endpoint, Source
from sync.server.waiting.pages import Pages
from sync.server.waiting.room import Room
from tests.loops import run_to_end
from tests.unit.sync.waiting.looking import ALICE, HOLIDAYS, Books

SECRET = "ms_secret"
ADDRESS = f"/sync/v1/folders/{HOLIDAYS}/changes"


class Site:
    """The application with stand-ins around it."""

    def __init__(self, *, most: int = 10, most_of_one: int = 5) -> None:
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        self.books = Books(tokens={digest: ALICE})
        self.room = Room(most=most, most_of_one=most_of_one)
        self.reads = 0
        self.is_well = True
        source = Source(
            Pages(self._read), nothing_new=lambda head: b"nothing %d" % head, is_well=self._is_well
        )
        self.app = Endpoint(self.room, Door(self.books.look), source)

    async def _read(self, folder_id, since):
        self.reads += 1
        await asyncio.sleep(0)
        return b"after %d" % since

    async def _is_well(self):
        return self.is_well

    def ask(self, path=ADDRESS, query="since=5&wait=30", *, token=SECRET, method="GET"):
        return asyncio.create_task(self._ask(path, query, token, method))

    async def _ask(self, path, query, token, method):
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": headers,
        }
        sent = []

        async def receive():
            await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        start, body = sent
        return start["status"], dict(start["headers"]), body["body"]


def told(asked, **how):
    async def scene():
        return await asked(Site(**how))

    return run_to_end(scene())


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


def test_news_is_the_page_after_what_the_client_knows():
    status, headers, body = told(lambda site: site.ask(query="since=3&wait=30"))

    assert (status, body) == (200, b"after 3")
    assert headers[b"content-type"] == b"application/json"
    assert headers[b"cache-control"] == b"no-store"


def test_without_a_wait_the_answer_comes_at_once():
    assert told(lambda site: site.ask(query="since=5"))[2] == b"nothing 5"


def test_a_page_that_many_want_is_read_once():
    async def scene():
        site = Site()
        answers = await asyncio.gather(*(site.ask(query="since=2&wait=9") for _ in range(5)))
        return site.reads, {body for _, _, body in answers}

    assert run_to_end(scene()) == (1, {b"after 2"})


@pytest.mark.parametrize(
    ("how", "status", "kind"),
    [
        ({"path": "/sync/v1/folders"}, 404, "not-found"),
        ({"path": ADDRESS + "/x"}, 404, "not-found"),
        ({"path": ADDRESS.replace("0a/", "ff/")}, 404, "not-found"),
        ({"method": "POST"}, 405, "method-not-allowed"),
        ({"token": ""}, 401, "not-authenticated"),
        ({"token": "ms_other"}, 401, "authentication-failed"),
        ({"query": "since=x"}, 400, "invalid"),
        ({"query": "since=-1"}, 400, "invalid"),
        ({"query": "since=1&wait=soon"}, 400, "invalid"),
        ({"query": "since=" + 400 * "9"}, 400, "invalid"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else None,
)
def test_what_cannot_be_answered_is_a_problem_of_a_kind(how, status, kind):
    answered, headers, body = told(lambda site: site.ask(**how))

    assert answered == status == json.loads(body)["status"]
    assert json.loads(body)["type"] == f"/problems/{kind}"
    assert headers[b"content-type"] == b"application/problem+json"


@pytest.mark.parametrize(
    ("how", "status"), [({"most": 1}, 503), ({"most_of_one": 1}, 429)], ids=["full", "too many"]
)
def test_who_finds_no_place_is_told_when_to_come_again(how, status):
    async def scene():
        site = Site(**how)
        held = site.ask()
        await settled()
        answer = await site.ask()
        held.cancel()
        return answer

    answered, headers, _ = run_to_end(scene())

    assert answered == status
    assert int(headers[b"retry-after"]) > 0


def test_when_the_database_is_away_it_says_so():
    async def scene():
        site = Site()
        site.books.trouble = CannotLook("away")
        return await site.ask()

    assert run_to_end(scene())[0] == 503


def test_when_it_stops_each_client_is_told_another_moment_to_come_back():
    async def scene():
        site = Site(most=100, most_of_one=100)
        held = [site.ask() for _ in range(50)]
        await settled()
        site.room.close()
        return await asyncio.gather(*held), await site.ask(path="/readyz")

    answers, ready = run_to_end(scene())

    assert {(status, body) for status, _, body in answers} == {(200, b"nothing 5")}
    moments = {int(headers[b"retry-after"]) for _, headers, _ in answers}
    assert len(moments) > 3
    assert moments <= set(range(1, COMING_BACK_SECONDS + 1))
    assert ready[0] == 503


def test_health_needs_no_token():
    async def scene():
        site = Site()
        alive, ready = await site.ask(path="/healthz"), await site.ask(path="/readyz")
        site.is_well = False
        return alive[0], ready[0], (await site.ask(path="/readyz"))[0]

    assert run_to_end(scene()) == (200, 200, 503)
