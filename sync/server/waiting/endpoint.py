"""The HTTP of waiting: `GET /sync/v1/folders/F/changes?since=N&wait=S`, and health checks.

An ASGI application that answers what the site answers at the same address, only later. It knows
neither how a page looks nor where it comes from.
"""

import hashlib
import random
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from sync.server.waiting import problems
from sync.server.waiting.asks import Ask, Turned
from sync.server.waiting.door import CannotLook, Door
from sync.server.waiting.holding import Ending, Held, hold
from sync.server.waiting.pages import Pages
from sync.server.waiting.problems import Answer
from sync.server.waiting.room import Room, RoomIsFull, TooManyOfOne

ADDRESS = re.compile(r"/sync/v1/folders/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/changes")
NUMBER = re.compile(r"[0-9]{1,15}")
# Load balancers cut a connection that was silent for a minute.
LONGEST_SECONDS = 50
# By what part a wait may end early, so that clients who came together drift apart.
SPREAD = 0.2
# Clients of a process that stops come again somewhere within this time, each told another.
COMING_BACK_SECONDS = 10
# Clients that there is no place for ask again after this.
NO_PLACE_SECONDS = 30

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Source:
    """Where answers come from.

    `nothing_new` makes the page of who knows everything up to a number; `is_well` says whether
    database and journal answer.
    """

    pages: Pages
    nothing_new: Callable[[int], bytes]
    is_well: Callable[[], Awaitable[bool]]


class Endpoint:
    """The application: one call is one request, held or not."""

    def __init__(self, room: Room, door: Door, source: Source) -> None:
        self._room, self._door, self._source = room, door, source

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope, receive)
        if answer is not None:
            await _give(answer, send)

    async def _answer(self, scope: Message, receive: Receive) -> Answer | None:
        if scope["path"] in {"/healthz", "/readyz"}:
            return await self._health(scope["path"])
        asked = _asked(scope)
        if isinstance(asked, Answer):
            return asked
        try:
            return await self._held(*asked, receive)
        except TooManyOfOne:
            return problems.too_many(NO_PLACE_SECONDS)
        except (RoomIsFull, CannotLook):
            return problems.busy(NO_PLACE_SECONDS)

    async def _held(self, ask: Ask, seconds: int, receive: Receive) -> Answer | None:
        """Hold the client; None when it has left. Raises what `hold` and reading pages raise."""
        early = SPREAD * random.random()  # noqa: S311  # Nothing here is to be hard to guess.
        held = await hold(
            ask,
            room=self._room,
            door=self._door,
            seconds=min(seconds, LONGEST_SECONDS) * (1 - early),
            gone=_until_gone(receive),
        )
        if isinstance(held, Turned):
            return problems.TURNED[held]
        return await self._told(ask, held)

    async def _told(self, ask: Ask, held: Held) -> Answer | None:
        match held.ending:
            case Ending.GONE:
                return None
            case Ending.NEWS:
                return Answer(200, await self._source.pages.page(ask.folder_id, ask.since))
            case Ending.NOTHING:
                return Answer(200, self._source.nothing_new(held.head))
            case Ending.CLOSING:
                soon = random.randint(1, COMING_BACK_SECONDS)  # noqa: S311
                again = (b"retry-after", b"%d" % soon)
                return Answer(200, self._source.nothing_new(held.head), (again,))

    async def _health(self, path: str) -> Answer:
        if path == "/healthz":
            return Answer(200, b"alive\n", content_type=b"text/plain")
        if self._room.is_closed or not await self._source.is_well():
            return Answer(503, b"not ready\n", content_type=b"text/plain")
        return Answer(200, b"ready\n", content_type=b"text/plain")


def _asked(scope: Message) -> tuple[Ask, int] | Answer:
    """What is asked and for how many seconds, or why it cannot be."""
    address = ADDRESS.fullmatch(scope["path"])
    if address is None:
        return problems.NO_SUCH_ADDRESS
    if scope["method"] != "GET":
        return problems.NOT_ALLOWED
    token, numbers = _token(scope["headers"]), _numbers(scope["query_string"])
    if not token:
        return problems.NO_TOKEN
    if numbers is None:
        return problems.INVALID
    since, seconds = numbers
    return Ask(hashlib.sha256(token).hexdigest(), UUID(address[1]), since), seconds


def _token(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bearer token; empty without one."""
    for name, value in headers:
        if name == b"authorization":
            words = value.split()
            return words[1] if len(words) == 2 and words[0].lower() == b"bearer" else b""
    return b""


def _numbers(query: bytes) -> tuple[int, int] | None:
    """`since` and `wait`, the latter 0 if it is not there; None when they are no numbers."""
    asked = parse_qs(query.decode("latin-1"), keep_blank_values=True)
    since, wait = asked.get("since", ["0"])[-1], asked.get("wait", ["0"])[-1]
    if not NUMBER.fullmatch(since) or not NUMBER.fullmatch(wait):
        return None
    return int(since), int(wait)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _give(answer: Answer, send: Send) -> None:
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", b"%d" % len(answer.body)),
        (b"cache-control", b"no-store"),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
