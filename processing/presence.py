"""Tell the database that a worker lives: what a fleet's figures and its people count by.

All of it runs in the worker's own loop, a few milliseconds every few seconds. A database that is
away is no trouble: a worker that nobody has seen for a while does not count, and comes again.
"""

import os
import socket
from collections.abc import Callable

import structlog
from celery import bootsteps
from celery.worker.consumer import Consumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from processing.models import Job, Worker

log = structlog.get_logger(__name__)

BEAT_SECONDS = 15


class Presence(bootsteps.StartStopStep):
    """Part of every worker that serves a lane."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Consumer, **_: object) -> None:
        self._name = f"{socket.gethostname()}:{os.getpid()}"[:100]
        self._started_at = timezone.now()

    def start(self, consumer: Consumer) -> None:
        self._say(consumer)
        consumer.timer.call_repeatedly(BEAT_SECONDS, self._say, [consumer])

    def shutdown(self, consumer: Consumer) -> None:
        _quietly(self._leave)

    def _say(self, consumer: Consumer) -> None:
        lanes = _lanes(consumer)
        if not lanes:
            _quietly(self._leave)
            return
        present = {
            "lanes": lanes,
            "slots": consumer.pool.num_processes,
            "started_at": self._started_at,
            "seen_at": timezone.now(),
            "left_at": None,
        }
        _quietly(lambda: Worker.objects.update_or_create(name=self._name, defaults=present))

    def _leave(self) -> None:
        """It takes nothing more. That it did until now is remembered for a while."""
        serving = Worker.objects.filter(pk=self._name, left_at=None)
        serving.update(left_at=timezone.now())


def _lanes(consumer: Consumer) -> list[str]:
    """The lanes whose queues it listens to, by now."""
    prefix = settings.CELERY_QUEUE_PREFIX
    queues = consumer.app.amqp.queues.consume_from
    return [lane for lane in Job.Lane.values if prefix + lane in queues]


def _quietly(change: Callable[[], object]) -> None:
    try:
        change()
    except DatabaseError as error:
        log.warning("worker_not_seen", error=str(error))
    finally:
        # The processes of the pool are forked from this one, and must not inherit it.
        connection.close()
