"""Asks who may wait, and whether there is news, for many at once.

Whoever comes while one batch is asked about goes into the next: alone, nobody waits; ten thousand
cost a few dozen queries. The asking itself happens in one thread, never in the event loop.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from sync.server.waiting.asks import Ask, Verdict

AT_ONCE = 500


class CannotLook(Exception):
    """The database or the journal does not answer; asking again may help."""


# Answers in the order it was asked. Raises CannotLook.
Look = Callable[[Sequence[Ask]], Awaitable[list[Verdict]]]


class Door:
    """What `look` raises, each of its batch raises where it asked."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pending: deque[tuple[Ask, asyncio.Future[Verdict]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def look(self, ask: Ask) -> Verdict:
        answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._pending.append((ask, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._pending:
            count = min(AT_ONCE, len(self._pending))
            batch = [self._pending.popleft() for _ in range(count)]
            try:
                verdicts = await self._look([ask for ask, _ in batch])
            except Exception as error:
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), verdict in zip(batch, verdicts, strict=True):
                # Who left meanwhile has cancelled theirs.
                if not answer.done():
                    answer.set_result(verdict)
