"""Watch for the end of a Spot instance, and leave in order while there is time.

Two minutes before it takes an instance back, EC2 says so: the worker stops, and its jobs may end
or are given back. Earlier it may say that this is likely: the worker takes nothing new, finishes
what it has and waits for its end or for whoever replaces it.

A thread, since the service may be slow and the worker's loop must not wait for it.
"""

import os
import signal
import threading
from datetime import datetime

import structlog
from celery import bootsteps
from celery.worker import WorkController
from celery.worker.consumer import Consumer
from django.conf import settings
from django.utils import timezone

from mediashare.aws.client import Unavailable
from mediashare.aws.instance import Instance
from processing import shutdown

log = structlog.get_logger(__name__)

# As often as AWS recommends.
GLANCE_SECONDS = 5
# Of the two minutes, what is kept for giving back and tidying up.
SPARE_SECONDS = 30


class SpotWatch(bootsteps.StartStopStep):
    """Part of a worker where SPOT_WATCH is on."""

    def __init__(self, worker: WorkController, **_: object) -> None:
        self.enabled = settings.SPOT_WATCH
        self._instance = Instance(settings.AWS_EC2_METADATA_SERVICE_ENDPOINT)
        self._ended = threading.Event()
        self._drains = False
        self._answers = True

    def start(self, worker: WorkController) -> None:
        threading.Thread(target=self._watch, args=[worker], name="spot", daemon=True).start()

    def stop(self, worker: WorkController) -> None:
        self._ended.set()

    def terminate(self, worker: WorkController) -> None:
        self._ended.set()

    def _watch(self, worker: WorkController) -> None:
        while not self._ended.is_set():
            self._look(worker)
            self._ended.wait(GLANCE_SECONDS)

    def _look(self, worker: WorkController) -> None:
        try:
            ends_at = self._instance.interruption()
            if ends_at is not None:
                self._leave(ends_at)
            elif not self._drains and self._instance.rebalance() is not None:
                self._drain(worker)
        except Unavailable as error:
            if self._answers:
                log.warning("spot_watch_blind", error=str(error))
            self._answers = False
        else:
            self._answers = True

    def _leave(self, ends_at: datetime) -> None:
        """Stop this worker; its jobs have until shortly before the end."""
        left = (ends_at - timezone.now()).total_seconds()
        log.warning("spot_interruption", ends_at=ends_at.isoformat(), seconds=round(left))
        shutdown.ask(within_seconds=max(0, left - SPARE_SECONDS))
        self._ended.set()
        os.kill(os.getpid(), signal.SIGTERM)

    def _drain(self, worker: WorkController) -> None:
        """Take no more messages. The worker's own loop lets go of the queues."""
        log.warning("spot_rebalance")
        self._drains = True
        consumer: Consumer = worker.consumer  # type: ignore[attr-defined]  # Not in the stubs.
        for queue in list(consumer.app.amqp.queues.consume_from):
            consumer.call_soon(consumer.cancel_task_queue, queue)
