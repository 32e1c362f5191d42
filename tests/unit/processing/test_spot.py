"""What a worker does about what EC2 tells it. The telling is in the tests of the instance."""

import os
import signal
from types import SimpleNamespace

import pytest

from processing import shutdown, spot
from tests.metadata import metadata_service


@pytest.fixture
def ec2(settings):
    with metadata_service() as service:
        settings.SPOT_WATCH = True
        settings.AWS_EC2_METADATA_SERVICE_ENDPOINT = service.address
        yield service


@pytest.fixture
def worker():
    """What the watch needs of a worker: queues that it may let go of."""
    let_go: list[str] = []
    queues = SimpleNamespace(consume_from={"interactive": None, "media": None})
    consumer = SimpleNamespace(
        app=SimpleNamespace(amqp=SimpleNamespace(queues=queues)),
        cancel_task_queue=let_go.append,
        call_soon=lambda call, *arguments: call(*arguments),
    )
    return SimpleNamespace(consumer=consumer, let_go=let_go)


@pytest.fixture
def told(monkeypatch):
    """How long jobs were given, and which signals were sent to this process."""
    heard = SimpleNamespace(graces=[], signals=[])
    monkeypatch.setattr(
        shutdown, "ask", lambda *, within_seconds: heard.graces.append(within_seconds)
    )
    monkeypatch.setattr(os, "kill", lambda _, number: heard.signals.append(number))
    return heard


def test_a_worker_elsewhere_has_no_watch(settings, worker):
    settings.SPOT_WATCH = False

    assert not spot.SpotWatch(worker).enabled


def test_while_nothing_is_said_nothing_is_done(ec2, worker, told):
    spot.SpotWatch(worker)._look(worker)

    assert (told.graces, told.signals, worker.let_go) == ([], [], [])


@pytest.mark.parametrize(("seconds", "grace"), [(120, 90), (60, 30), (30, 0), (-5, 0)])
def test_jobs_have_until_half_a_minute_before_the_end(ec2, worker, told, seconds, grace):
    ec2.interrupt(in_seconds=seconds)

    spot.SpotWatch(worker)._look(worker)

    assert told.graces == [pytest.approx(grace, abs=5)]
    assert told.signals == [signal.SIGTERM]


def test_a_rebalance_lets_go_of_the_queues_once(ec2, worker, told):
    ec2.recommend_rebalance()
    watch = spot.SpotWatch(worker)

    watch._look(worker)
    watch._look(worker)

    assert worker.let_go == ["interactive", "media"]
    assert told.signals == []


def test_an_interruption_after_a_rebalance_is_heard(ec2, worker, told):
    watch = spot.SpotWatch(worker)
    ec2.recommend_rebalance()
    watch._look(worker)
    ec2.interrupt()

    watch._look(worker)

    assert told.signals == [signal.SIGTERM]


def test_a_service_out_of_order_changes_nothing(ec2, worker, told):
    ec2.interrupt()
    ec2.status = 503
    watch = spot.SpotWatch(worker)

    watch._look(worker)
    assert told.signals == []

    ec2.status = 0
    watch._look(worker)
    assert told.signals == [signal.SIGTERM]
