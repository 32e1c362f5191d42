"""Know when this worker must stop, so that its jobs are finished or given back in time.

Two questions: may anything new be begun, and must what was begun be given up? Between the two
lies a grace: none for a Ctrl-C, almost two minutes when a Spot instance is taken away.

The worker gets the signal, and the processes of its pool do the jobs: some bytes of memory are
shared by them all. A supervisor that signals the whole group reaches the processes directly.
"""

import mmap
import os
import signal
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

# The moment when jobs are given up, in seconds of a clock that all processes share; 0 is never.
_MOMENT = struct.Struct("d")
_shared = mmap.mmap(-1, _MOMENT.size)


class Stopping(Exception):
    """This worker was asked to stop, and there is no time left."""


class _Here:
    """The same for this one process, when it got the signal while it was at work."""

    gives_up_at = 0.0


def is_asked() -> bool:
    """Whether this worker is to stop: nothing new may be begun."""
    return _gives_up_at() > 0


def is_over() -> bool:
    """Whether its time is over: what was begun is to be given back now."""
    return 0 < _gives_up_at() <= time.monotonic()


def ask(*, within_seconds: float) -> None:
    """Ask this worker to stop and to give its jobs so long. The first who asks is heard."""
    if _everywhere() == 0:
        _MOMENT.pack_into(_shared, 0, time.monotonic() + within_seconds)


@worker_ready.connect
def _hear_once(**_: object) -> None:
    """Let a second SIGTERM change nothing.

    Celery's own handler holds a lock, for which another that interrupts it would wait for ever. A
    supervisor that is killed tells its children once for each of its threads.
    """
    stop = signal.getsignal(signal.SIGTERM)

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, once)


@worker_shutting_down.connect
def _worker_is_stopping(**_: object) -> None:
    ask(within_seconds=settings.STOP_GRACE_SECONDS)


def _everywhere() -> float:
    moment: float = _MOMENT.unpack_from(_shared)[0]
    return moment


def _gives_up_at() -> float:
    # What the worker was told counts more: it knows of the Spot instance's end.
    return _everywhere() or _Here.gives_up_at


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
        if _Here.gives_up_at:
            _Here.gives_up_at = 0.0
            os.kill(os.getpid(), signal.SIGTERM)


def _told_to_stop(number: int, frame: FrameType | None) -> None:
    _Here.gives_up_at = _Here.gives_up_at or time.monotonic() + settings.STOP_GRACE_SECONDS
