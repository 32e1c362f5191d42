"""Rouses waiting clients: when a commit is announced, and now and then all that should know more.

A wake may be lost: Valkey keeps none for who is not listening. So the room is gone through every
now and then, at once after each new subscription, and every few seconds while there is none. That
is also what ends the waits of revoked tokens and removed members.
"""

import asyncio
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from sync.server import waking
from sync.server.waiting.asks import Admitted
from sync.server.waiting.door import AT_ONCE, CannotLook, Look
from sync.server.waiting.room import Room

# How often the room is gone through while nothing can be heard.
DEAF_SECONDS = 3.0
# A connection that stays silent for twice so long, asked though it is, counts as broken.
SILENCE_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Rousing:
    """`listen` and `go_round` run for as long as the process does.

    A lost wake, a revoked token or a removed member shows after `seconds` at most.
    """

    def __init__(self, room: Room, look: Look, *, server: str, seconds: float) -> None:
        self._room, self._look, self._server, self._seconds = room, look, server, seconds
        self._is_listening = False
        self._hurry = asyncio.Event()

    async def listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                log.warning("no_wakes", error=str(error))
            self._is_listening = False
            self._hurry.set()
            await asyncio.sleep(DEAF_SECONDS)

    async def go_round(self) -> None:
        while True:
            pause = self._seconds if self._is_listening else min(DEAF_SECONDS, self._seconds)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), pause)
            self._hurry.clear()
            await self._check_everybody()

    async def _hear(self) -> None:
        async with (
            Redis.from_url(self._server, socket_connect_timeout=DEAF_SECONDS) as valkey,
            valkey.pubsub() as subscription,
        ):
            await subscription.subscribe(waking.CHANNEL)
            was_silent = False
            while True:
                message = await subscription.get_message(timeout=SILENCE_SECONDS)
                if message is not None:
                    was_silent = False
                    self._heard(message["type"], message["data"])
                    continue
                if was_silent:
                    raise ConnectionError("Valkey does not answer")
                was_silent = True
                await subscription.ping()

    def _heard(self, kind: str, data: bytes) -> None:
        if kind == "subscribe":
            # Also when the library has mended a connection by itself: what came meanwhile is lost.
            self._is_listening = True
            self._hurry.set()
        elif kind == "message":
            try:
                self._room.wake(*waking.read(data))
            except ValueError:
                log.warning("not_a_wake", message=repr(data[:100]))

    async def _check_everybody(self) -> None:
        waiters = list(self._room)
        for start in range(0, len(waiters), AT_ONCE):
            some = waiters[start : start + AT_ONCE]
            try:
                verdicts = await self._look([waiter.ask for waiter in some])
            except CannotLook as error:
                log.warning("cannot_look", error=str(error))
                return
            for waiter, verdict in zip(some, verdicts, strict=True):
                if not isinstance(verdict, Admitted) or verdict.head != waiter.ask.since:
                    waiter.rouse()
