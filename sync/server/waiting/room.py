"""Who waits for changes of which folder, within one process and its event loop.

To be roused means to look again, and nothing more: whoever is roused for nothing waits on.
Nothing here knows HTTP, a database or Valkey.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sync.server.waiting.asks import Ask


class RoomIsFull(Exception):
    """This process holds as many waiting clients as it may, or is about to stop."""


class TooManyOfOne(Exception):
    """One person's devices wait for as much as one person may."""


@dataclass(slots=True, eq=False)
class Waiter:
    """One request that is being held."""

    ask: Ask
    user_id: UUID | None = None
    _roused: asyncio.Future[None] | None = None

    def heed(self) -> asyncio.Future[None]:
        """Done as soon as somebody rouses this waiter from now on. Heed, then look."""
        self._roused = asyncio.get_running_loop().create_future()
        return self._roused

    def rouse(self) -> None:
        if self._roused is not None and not self._roused.done():
            self._roused.set_result(None)


class Room:
    """`most` waiters in all, `most_of_one` of each person."""

    def __init__(self, *, most: int, most_of_one: int) -> None:
        self._most, self._most_of_one = most, most_of_one
        self._by_folder: defaultdict[UUID, set[Waiter]] = defaultdict(set)
        self._of_person: Counter[UUID] = Counter()
        self._size = 0
        self.is_closed = False

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Waiter]:
        """Everybody, as of now."""
        return iter([waiter for some in self._by_folder.values() for waiter in some])

    @contextmanager
    def place(self, ask: Ask) -> Iterator[Waiter]:
        """Be woken from now on. Take a place before looking for changes, or one could slip by.

        Raises RoomIsFull.
        """
        if self.is_closed or self._size >= self._most:
            raise RoomIsFull
        waiter = Waiter(ask)
        self._by_folder[ask.folder_id].add(waiter)
        self._size += 1
        try:
            yield waiter
        finally:
            self._leave(waiter)

    def belongs(self, waiter: Waiter, user_id: UUID) -> None:
        """Count a waiter as one of this person's. Saying it again is harmless.

        Raises TooManyOfOne.
        """
        if waiter.user_id is not None:
            return
        if self._of_person[user_id] >= self._most_of_one:
            raise TooManyOfOne
        waiter.user_id = user_id
        self._of_person[user_id] += 1

    def wake(self, folder_id: UUID, head: int) -> None:
        """Rouse those who do not know of the change numbered `head`."""
        for waiter in self._by_folder.get(folder_id, ()):
            if waiter.ask.since < head:
                waiter.rouse()

    def close(self) -> None:
        """Rouse everybody for good, and let nobody in."""
        self.is_closed = True
        for waiter in self:
            waiter.rouse()

    def _leave(self, waiter: Waiter) -> None:
        beside = self._by_folder[waiter.ask.folder_id]
        beside.discard(waiter)
        if not beside:
            del self._by_folder[waiter.ask.folder_id]
        self._size -= 1
        if waiter.user_id is not None:
            self._of_person[waiter.user_id] -= 1
            if not self._of_person[waiter.user_id]:
                del self._of_person[waiter.user_id]
