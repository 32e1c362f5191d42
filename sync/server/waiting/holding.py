"""Holds one client until there is something to tell it.

Whoever is roused looks again before anything is given: what was allowed a while ago does not
count. Nothing here knows HTTP, a database or Valkey.
"""

import asyncio
from asyncio import FIRST_COMPLETED
from collections.abc import Awaitable
from dataclasses import dataclass
from enum import Enum

from sync.server.waiting.asks import Admitted, Ask, Turned
from sync.server.waiting.door import Door
from sync.server.waiting.room import Room


class Ending(Enum):
    """How a wait ends when nobody is turned away."""

    NEWS = "the folder has changed"
    NOTHING = "the time is up"
    CLOSING = "this process is about to stop"
    GONE = "the client has left"


@dataclass(frozen=True, slots=True)
class Held:
    """How it ended, and which change is the folder's newest."""

    ending: Ending
    head: int


async def hold(
    ask: Ask, *, room: Room, door: Door, seconds: float, gone: Awaitable[None]
) -> Held | Turned:
    """Return when there is news, the time is up, the client is `gone` or the room closes.

    Raises RoomIsFull and TooManyOfOne.
    """
    clock = asyncio.get_running_loop().time
    ends_at = clock() + seconds
    left: asyncio.Future[None] = asyncio.ensure_future(gone)
    try:
        with room.place(ask) as waiter:
            while True:
                # Heeded before it looks: a change that comes meanwhile is not slept through.
                roused = waiter.heed()
                verdict = await door.look(ask)
                if not isinstance(verdict, Admitted):
                    return verdict
                room.belongs(waiter, verdict.user_id)
                # Also when the client knows of more than there is: it is for the page to say so.
                if verdict.head != ask.since:
                    return Held(Ending.NEWS, verdict.head)
                if room.is_closed:
                    return Held(Ending.CLOSING, verdict.head)
                timeout = max(0.0, ends_at - clock())
                await asyncio.wait({roused, left}, timeout=timeout, return_when=FIRST_COMPLETED)
                if left.done():
                    return Held(Ending.GONE, verdict.head)
                if not roused.done():
                    return Held(Ending.NOTHING, verdict.head)
    finally:
        left.cancel()
