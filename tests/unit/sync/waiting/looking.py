"""A stand-in for database and journal: who may read what, and how far each folder is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sync.server.waiting.asks import Admitted, Ask, Turned, Verdict

ALICE, BOB = UUID(int=1), UUID(int=2)
HOLIDAYS, WORK = UUID(int=10), UUID(int=11)


@dataclass
class Books:
    """`tokens` says whose a digest is; `asked` is how many were asked about at once, each time."""

    tokens: dict[str, UUID] = field(default_factory=lambda: {"a": ALICE, "b": BOB})
    heads: dict[UUID, int] = field(default_factory=lambda: {HOLIDAYS: 5, WORK: 3})
    asked: list[int] = field(default_factory=list)
    trouble: Exception | None = None

    async def look(self, asks: Sequence[Ask]) -> list[Verdict]:
        self.asked.append(len(asks))
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        return [self._verdict(ask) for ask in asks]

    def _verdict(self, ask: Ask) -> Verdict:
        if ask.digest not in self.tokens:
            return Turned.UNKNOWN
        if ask.folder_id not in self.heads:
            return Turned.NO_MEMBER
        return Admitted(self.tokens[ask.digest], self.heads[ask.folder_id])
