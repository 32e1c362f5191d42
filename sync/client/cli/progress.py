"""A bar for bytes on their way, with rate and time left. Only where somebody is looking."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from sync.client.ports import Download, Fetched, Outbox, Sent, Store, Upload


class Meter(Protocol):
    def expect(self, size_bytes: int) -> None:
        """So many more bytes are to come."""
        ...

    def finished(self, size_bytes: int) -> None:
        """Bytes that were expected are where they should be, whether they had to travel or not."""
        ...

    def moved(self, size_bytes: int) -> None:
        """Bytes have travelled. In any thread."""
        ...


class NoMeter:
    """Nobody looks."""

    def expect(self, size_bytes: int) -> None: ...

    def finished(self, size_bytes: int) -> None: ...

    def moved(self, size_bytes: int) -> None: ...


class Bar:
    """What was finished, or has travelled if that is more: the bar never goes back."""

    def __init__(self, update: "Update") -> None:
        self._update = update
        self._lock = threading.Lock()
        self._expected = self._finished = self._moved = 0

    def expect(self, size_bytes: int) -> None:
        self._change(expected=size_bytes)

    def finished(self, size_bytes: int) -> None:
        self._change(finished=size_bytes)

    def moved(self, size_bytes: int) -> None:
        self._change(moved=size_bytes)

    def _change(self, *, expected: int = 0, finished: int = 0, moved: int = 0) -> None:
        with self._lock:
            self._expected += expected
            self._finished += finished
            self._moved += moved
            done = min(self._expected, max(self._finished, self._moved))
            self._update(total=self._expected, completed=done)


class Counted:
    """Passes everything on, and counts what has travelled."""

    def __init__(self, meter: Meter) -> None:
        self.expect, self.finished = meter.expect, meter.finished
        self._meter = meter
        self._lock = threading.Lock()
        self._moved = 0

    def moved(self, size_bytes: int) -> None:
        with self._lock:
            self._moved += size_bytes
        self._meter.moved(size_bytes)

    def taken(self) -> int:
        """The bytes that have travelled since this was asked last."""
        with self._lock:
            moved, self._moved = self._moved, 0
        return moved


class Update(Protocol):
    def __call__(self, *, total: int, completed: int) -> None: ...


class Measured:
    """A store whose transfers are counted; otherwise the one that it is given."""

    def __init__(self, store: Store, meter: Meter) -> None:
        self._store, self._meter = store, meter

    def outbox(self) -> Outbox:
        return _MeasuredOutbox(self._store.outbox(), self._meter)

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        self._meter.expect(sum(download.size_bytes for download in downloads))
        for fetched in self._store.fetch(downloads):
            self._meter.finished(fetched.download.size_bytes)
            yield fetched


class _MeasuredOutbox:
    def __init__(self, outbox: Outbox, meter: Meter) -> None:
        self._outbox, self._meter = outbox, meter
        self.close = outbox.close

    def add(self, uploads: Sequence[Upload]) -> None:
        self._meter.expect(sum(upload.size_bytes for upload in uploads))
        self._outbox.add(uploads)

    def results(self) -> Iterator[Sent]:
        for sent in self._outbox.results():
            self._meter.finished(sent.upload.size_bytes)
            yield sent


@contextmanager
def shown(name: str, *, is_watched: bool) -> Iterator[Meter]:
    """A bar on standard error while there is something to show."""
    if not is_watched:
        yield NoMeter()
        return
    # Loaded only here: it takes a tenth of a second.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=0, visible=False)

        def update(*, total: int, completed: int) -> None:
            progress.update(task, total=total, completed=completed, visible=True)

        yield Bar(update)
