"""Know when this worker is asked to stop, so that its jobs can be given back at once.

One byte of memory is shared by the worker and the processes of its pool: the worker gets
the signal, and the pool's processes do the jobs.
"""

import mmap
import signal
from types import FrameType

from celery.signals import worker_process_init, worker_shutting_down

_shared = mmap.mmap(-1, 1)


class Stopping(Exception):
    """This worker was asked to stop."""


class _Here:
    """What this one process was told by a signal of its own, and whether it is at work."""

    is_stopping = False
    is_working = False


def is_asked() -> bool:
    return _Here.is_stopping or _shared[0] == 1


def begin_work() -> None:
    """From now on a signal to this process is an order to stop working, not to end at once."""
    _Here.is_working = True


def end_work() -> None:
    """The job is over; a process that was told to stop while at work ends here."""
    _Here.is_working = False
    if _Here.is_stopping:
        raise SystemExit(128 + signal.SIGTERM)


@worker_shutting_down.connect
def _worker_is_stopping(**_: object) -> None:
    _shared[0] = 1


@worker_process_init.connect
def _pool_process_starts(**_: object) -> None:
    signal.signal(signal.SIGTERM, _told_to_stop)


def _told_to_stop(number: int, frame: FrameType | None) -> None:
    """A supervisor that signals the whole group reaches this process directly."""
    if not _Here.is_working:
        raise SystemExit(128 + number)
    _Here.is_stopping = True
