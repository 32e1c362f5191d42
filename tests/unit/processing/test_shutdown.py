"""When a worker may begin nothing new, and when it must give up what it has begun."""

import os
import signal
import time

import pytest
from celery.signals import worker_shutting_down

from processing import shutdown


@pytest.fixture(autouse=True)
def nobody_asked(monkeypatch):
    """A worker of its own for each test, asked nothing yet."""
    monkeypatch.setattr(shutdown, "_shared", bytearray(8))
    monkeypatch.setattr(shutdown._Here, "gives_up_at", 0.0)


def test_a_worker_that_nobody_asked_goes_on():
    assert not shutdown.is_asked()
    assert not shutdown.is_over()


def test_a_worker_with_a_grace_begins_nothing_and_gives_nothing_up():
    shutdown.ask(within_seconds=60)

    assert shutdown.is_asked()
    assert not shutdown.is_over()


def test_without_a_grace_its_time_is_over_at_once():
    shutdown.ask(within_seconds=0)

    assert shutdown.is_over()


def test_the_first_who_asks_is_heard():
    shutdown.ask(within_seconds=60)
    shutdown.ask(within_seconds=0)

    assert not shutdown.is_over()


@pytest.mark.parametrize(("grace", "over"), [(0, True), (60, False)])
def test_a_signal_to_the_worker_grants_what_the_settings_say(settings, grace, over):
    settings.STOP_GRACE_SECONDS = grace

    worker_shutting_down.send(sender="worker", sig="SIGTERM", how="Warm", exitcode=0)

    assert shutdown.is_asked()
    assert shutdown.is_over() == over


def test_a_signal_in_the_middle_of_a_job_has_its_effect_after_it(settings):
    settings.STOP_GRACE_SECONDS = 60
    ended = []
    before = signal.signal(signal.SIGTERM, lambda *_: ended.append(time.monotonic()))
    try:
        with shutdown.deferred():
            os.kill(os.getpid(), signal.SIGTERM)
            assert shutdown.is_asked()
            assert not shutdown.is_over()
            assert ended == []
        assert len(ended) == 1
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_worker_that_is_told_again_while_it_begins_to_stop_is_told_once():
    """As the threads of a supervisor that is killed do; Celery's handler holds a lock meanwhile."""
    told = []

    def stop(number, frame):
        told.append(number)
        if len(told) < 5:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        shutdown._hear_once()
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert told == [signal.SIGTERM]
