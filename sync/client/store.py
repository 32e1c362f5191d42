"""The store as the engine sees it: many files sent and fetched at once, and what became of each.

Bytes go between this computer and S3 alone; the service says what it has, and gives leave.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime
from typing import Protocol

from sync.client.connections import Connections
from sync.client.credentials import Credentials
from sync.client.crew import PARTS_AT_ONCE, Crew, Result
from sync.client.leave import Leave
from sync.client.objects import Limits, Objects
from sync.client.patience import Patience
from sync.client.ports import Download, Fetched, Sent, Upload
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

    def send(self, uploads: Sequence[Upload]) -> Iterator[Sent]:
        """As `ports.Store.send`."""
        # Loaded when something travels, as are the connections.
        from sync.client import sending  # noqa: PLC0415

        objects, parts = self._objects(), _threads()
        crew = Crew(sending.Sending(self._leave, objects, self._record, parts=parts).jobs)
        yield from _until_read(crew.results(sending.batches(uploads)), objects, crew, parts)

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        """As `ports.Store.fetch`."""
        from sync.client import fetching  # noqa: PLC0415

        objects, parts = self._objects(), _threads()
        crew = Crew(fetching.Fetching(self._leave, objects, self._record, parts=parts).jobs)
        yield from _until_read(crew.results(fetching.batches(downloads)), objects, crew, parts)

    def _objects(self) -> Objects:
        self._connections = self._connections or Connections(up=self._limits.up)
        return Objects(
            self._connections, self._credentials, limits=self._limits, patience=self._patience
        )


class _Stops(Protocol):
    def stop(self) -> None: ...


def _threads() -> Executor:
    return ThreadPoolExecutor(PARTS_AT_ONCE, "part")


def _until_read(
    results: Iterator[Result], objects: Objects, crew: _Stops, parts: Executor
) -> Iterator[Result]:
    """Whoever stops reading stops the transfers."""
    try:
        yield from results
    finally:
        objects.stop()
        crew.stop()
        parts.shutdown(wait=True, cancel_futures=True)
