"""Puts the waiting process together from the settings, the database, the journal and Valkey.

The only module here that hands work to threads. Each runs what it is given outside a request, so
it looks after its database connection itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

from sync.server import waking
from sync.server.waiting import admission, serving
from sync.server.waiting.door import Door
from sync.server.waiting.endpoint import Endpoint, Source
from sync.server.waiting.pages import Pages
from sync.server.waiting.room import Room
from sync.server.waiting.rousing import Rousing

# One looks, the others read pages; more would only wait for the same processor.
THREADS = 4

Given = ParamSpec("Given")
Result = TypeVar("Result")


def serve(*, host: str, port: int) -> None:
    """Hold waiting clients at this address until SIGTERM or SIGINT."""
    most = serving.allow_connections(settings.SYNC_WAITS_MOST)
    room = Room(most=most, most_of_one=settings.SYNC_WAITS_PER_PERSON)
    with ThreadPoolExecutor(THREADS) as threads:
        look = in_thread(threads, admission.look)
        source = Source(
            pages=Pages(in_thread(threads, admission.page)),
            nothing_new=admission.nothing_new,
            is_well=in_thread(threads, admission.is_well),
        )
        app = Endpoint(room, Door(look), source)
        rousing = Rousing(
            room, look, server=waking.server(), seconds=settings.SYNC_WAITS_CHECKED_SECONDS
        )
        serving.serve(app, room, rousing, host=host, port=port)


def in_thread(
    threads: ThreadPoolExecutor, work: Callable[Given, Result]
) -> Callable[Given, Awaitable[Result]]:
    """The same work, done in one of the threads while the event loop goes on."""

    async def asked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            threads, partial(_with_a_connection, work, *args, **kwargs)
        )

    return asked


def _with_a_connection(
    work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()
