"""Keep the messages that a worker works on out of others' sight in SQS, and no longer than that.

SQS shows a message again when its visibility timeout ends, whether its worker lives or not. With
a long timeout a killed worker's messages are stranded for as long; so it is short, and extended
while work goes on. A worker that stops shows at once what it had not begun, and what it leaves:
Celery's warm shutdown would let them wait (https://github.com/celery/celery/issues/8875).

Other brokers see to it themselves, and get nothing of this.
"""

from collections import defaultdict
from collections.abc import Iterable

import structlog
from celery import bootsteps
from celery.signals import task_received
from celery.worker.consumer import Consumer
from celery.worker.request import Request
from django.conf import settings

from mediashare.aws.client import NotFound, Refused, Rejected, Unavailable, calling

log = structlog.get_logger(__name__)

# So many chances to extend a timeout before it ends.
CHANCES = 3
AT_ONCE = 10  # SQS takes no more in one request.


class Visibility(bootsteps.StartStopStep):
    """Part of a worker that consumes from SQS. All of it runs in the worker's own loop."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Consumer, **_: object) -> None:
        self.enabled = settings.CELERY_BROKER_URL.startswith("sqs:")
        self._held: set[Request] = set()
        if self.enabled:
            task_received.connect(self._note, weak=False)

    def start(self, consumer: Consumer) -> None:
        every = settings.SQS_VISIBILITY_SECONDS / CHANCES
        # Once the loop ends, Celery goes on to fire timers until the last job has ended.
        consumer.timer.call_repeatedly(every, self._extend)

    def stop(self, consumer: Consumer) -> None:
        """What was not begun never will be: others may have it now."""
        self._show({request for request in self._waiting() if not _is_begun(request)})

    def shutdown(self, consumer: Consumer) -> None:
        """All jobs have ended; what is still here was given up."""
        self._show(self._waiting())

    def _note(self, request: Request, **_: object) -> None:
        self._held.add(request)

    def _waiting(self) -> set[Request]:
        """Messages that have come and were not acknowledged."""
        self._held = {request for request in self._held if not request.acknowledged}
        return self._held

    def _extend(self) -> None:
        # A message that waits behind others here is better off with another worker.
        begun = {request for request in self._waiting() if _is_begun(request)}
        _change(begun, settings.SQS_VISIBILITY_SECONDS)

    def _show(self, requests: set[Request]) -> None:
        _change(requests, 0)
        for request in requests:
            # Forgotten here only; otherwise the closing channel would hide it once more.
            request.message.channel.qos.ack(request.message.delivery_tag)
        self._held -= requests


def _is_begun(request: Request) -> bool:
    return request.worker_pid is not None


def _change(requests: Iterable[Request], seconds: int) -> None:
    """Let messages be seen again after so many seconds. What fails is seen when its time ends."""
    by_queue = defaultdict(list)
    for request in requests:
        by_queue[request.message.delivery_info["sqs_queue"]].append(request.message)
    for url, messages in by_queue.items():
        for start in range(0, len(messages), AT_ONCE):
            batch = messages[start : start + AT_ONCE]
            client = batch[0].channel.sqs(queue=url.rsplit("/", 1)[1])
            entries = [
                {
                    "Id": str(number),
                    "ReceiptHandle": message.delivery_tag,
                    "VisibilityTimeout": seconds,
                }
                for number, message in enumerate(batch)
            ]
            try:
                with calling("change message visibility"):
                    client.change_message_visibility_batch(QueueUrl=url, Entries=entries)
            except (Unavailable, NotFound, Refused, Rejected) as error:
                log.warning("visibility_not_changed", seconds=seconds, error=str(error))
