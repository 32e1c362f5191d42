"""The store as the engine sees it: many files sent and fetched at once, and what became of each.

Bytes go between this computer and S3 alone; the service says what it has, and gives leave.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from typing import Generic

from sync.client.connections import Connections
from sync.client.credentials import Credentials
from sync.client.crew import PARTS_AT_ONCE, Crew, Item, Result
from sync.client.leave import Leave
from sync.client.objects import Limits, Objects
from sync.client.patience import Patience
from sync.client.ports import Download, Fetched, Outbox
from sync.client.unfinished import Unfinished


class S3Store:
    """Implements `ports.Store` for one folder. Close it when done."""

    def __init__(
        self,
        leave: Leave,
        record: Unfinished,
        *,
        now: Callable[[], datetime],
        limits: Limits | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._leave = leave
        self._record = record
        self._limits = limits or Limits()
        self._patience = patience or Patience()
        self._credentials = Credentials(leave.credentials, now)
        # Made when something travels: mostly nothing does.
        self._connections: Connections | None = None

    def close(self) -> None:
        if self._connections:
            self._connections.close()

    def outbox(self) -> Outbox:
        """As `ports.Store.outbox`."""
        # Loaded when something travels, as are the connections.
        from sync.client import sending  # noqa: PLC0415

        objects, parts = self._objects(), _threads()
        jobs = sending.Sending(self._leave, objects, self._record, parts=parts).jobs
        return _Moving(Crew(jobs), sending.batches, objects, parts)

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        """As `ports.Store.fetch`."""
        from sync.client import fetching  # noqa: PLC0415

        objects, parts = self._objects(), _threads()
        jobs = fetching.Fetching(self._leave, objects, self._record, parts=parts).jobs
        with closing(_Moving(Crew(jobs), fetching.batches, objects, parts)) as moving:
            moving.add(downloads)
            yield from moving.results()

    def _objects(self) -> Objects:
        self._connections = self._connections or Connections(up=self._limits.up)
        return Objects(
            self._connections, self._credentials, limits=self._limits, patience=self._patience
        )


class _Moving(Generic[Item, Result]):
    """Files on their way, by a crew of their own."""

    def __init__(
        self,
        crew: Crew[Item, Result],
        batches: Callable[[Sequence[Item]], Iterable[Sequence[Item]]],
        objects: Objects,
        parts: Executor,
    ) -> None:
        self._crew, self._batches = crew, batches
        self._objects, self._parts = objects, parts

    def add(self, items: Sequence[Item]) -> None:
        self._crew.add(self._batches(items))

    def results(self) -> Iterator[Result]:
        return self._crew.results()

    def close(self) -> None:
        self._objects.stop()
        self._crew.stop()
        self._parts.shutdown(wait=True, cancel_futures=True)


def _threads() -> Executor:
    return ThreadPoolExecutor(PARTS_AT_ONCE, "part")
