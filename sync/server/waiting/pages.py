"""Pages of changes, read once for all who ask for the same one while it is being read.

A commit in a folder that ten thousand follow is one read, not ten thousand.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

Read = Callable[[UUID, int], Awaitable[bytes]]


class Pages:
    """`read` gives the page of a folder after the change of that number, as it is sent."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._being_read: dict[tuple[UUID, int], asyncio.Task[bytes]] = {}

    async def page(self, folder_id: UUID, since: int) -> bytes:
        key = folder_id, since
        reading = self._being_read.get(key)
        if reading is None:
            reading = asyncio.ensure_future(self._read(folder_id, since))
            self._being_read[key] = reading
            reading.add_done_callback(lambda _: self._being_read.pop(key))
        # One of them leaving must not take the page from the others.
        return await asyncio.shield(reading)
