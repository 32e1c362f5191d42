"""Know when this worker is asked to stop, so that its jobs can be given back at once.

The worker gets the signal, and the processes of its pool do the jobs: one byte of memory is
shared by them all. A supervisor that signals the whole group reaches the processes directly.
"""

import mmap
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from celery.signals import worker_shutting_down

_shared = mmap.mmap(-1, 1)


class Stopping(Exception):
    """This worker was asked to stop."""


class _Here:
    """Whether this one process got the signal while it was at work."""

    is_stopping = False


def is_asked() -> bool:
    return _Here.is_stopping or _shared[0] == 1


@worker_shutting_down.connect
def _worker_is_stopping(**_: object) -> None:
    _shared[0] = 1


@contextmanager
def deferred() -> Iterator[None]:
    """Let a signal to stop wait until the job has been given back, and have its effect then."""
    if threading.current_thread() is not threading.main_thread():
        # Signals come to the main thread alone.
        yield
        return
    before = signal.signal(signal.SIGTERM, _told_to_stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if _Here.is_stopping:
            _Here.is_stopping = False
            os.kill(os.getpid(), signal.SIGTERM)


def _told_to_stop(number: int, frame: FrameType | None) -> None:
    _Here.is_stopping = True
