"""Messages that no worker could take, set aside by the broker: seen, sent again, dropped.

They are no failed jobs: those are rows. What ends here is a task that does not exist any more,
or something that Celery did not write. Valkey keeps no such queue.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings

from mediashare.aws import sqs
from processing.recipes import letters

SHOWN = 50
# What one click may move; with more there, the page says so and the next click goes on.
AT_ONCE = 1000


@dataclass(frozen=True)
class DeadLetter:
    """A message as a person looks at it."""

    id: str
    order: letters.Order
    received: int
    sent_at: datetime
    source: str

    @property
    def queue_name(self) -> str:
        return self.source.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Shelf:
    """One queue of dead letters with the first of its messages."""

    queue: sqs.DeadLetterQueue
    count: int
    letters: list[DeadLetter]


def is_kept_by_broker() -> bool:
    """Whether this broker sets messages aside at all."""
    return settings.CELERY_BROKER_URL.startswith("sqs:")


def shelves() -> list[Shelf]:
    """What is set aside now. Raises as mediashare.aws.sqs does."""
    return [_shelf(queue) for queue in sqs.dead_letter_queues(settings.SQS_QUEUE_URLS)]


def queue_named(name: str) -> sqs.DeadLetterQueue | None:
    found = sqs.dead_letter_queues(settings.SQS_QUEUE_URLS)
    return next((queue for queue in found if queue.name == name), None)


def replay(queue: sqs.DeadLetterQueue, ids: Collection[str] | None = None) -> int:
    """Send messages to the queue they came from, all when none are named; how many.

    One that says nowhere where it came from stays. Sent first and dropped then: a crash in
    between rings twice, which is harmless.
    """
    return _clear(queue, ids, partial(_sent, queue))


def drop(queue: sqs.DeadLetterQueue, ids: Collection[str] | None = None) -> int:
    """Delete messages for good, all when none are named; how many."""
    return _clear(queue, ids, lambda chosen: chosen)


def _shelf(queue: sqs.DeadLetterQueue) -> Shelf:
    count = sqs.count(queue.url)
    taken = [letter for some in sqs.take(queue.url, most=SHOWN) for letter in some]
    sqs.let_go(queue.url, taken)
    return Shelf(queue, max(count, len(taken)), [_seen(queue, letter) for letter in taken])


def _seen(queue: sqs.DeadLetterQueue, letter: sqs.Letter) -> DeadLetter:
    return DeadLetter(
        id=letter.id,
        order=letters.understood(letter.body),
        received=letter.received,
        sent_at=letter.sent_at,
        source=_source(queue, letter),
    )


def _clear(
    queue: sqs.DeadLetterQueue,
    ids: Collection[str] | None,
    settle: Callable[[list[sqs.Letter]], list[sqs.Letter]],
) -> int:
    """Drop what `settle` says of the messages that are meant, and let go of the others.

    The search ends with the last of those that are named.
    """
    wanted = None if ids is None else set(ids)
    kept: list[sqs.Letter] = []
    cleared = 0
    try:
        for taken in sqs.take(queue.url, most=AT_ONCE):
            chosen = [letter for letter in taken if wanted is None or letter.id in wanted]
            settled = settle(chosen)
            kept += [letter for letter in taken if letter not in settled]
            cleared += sqs.drop(queue.url, settled)
            if wanted is not None:
                wanted -= {letter.id for letter in chosen}
                if not wanted:
                    break
    finally:
        sqs.let_go(queue.url, kept)
    return cleared


def _sent(queue: sqs.DeadLetterQueue, chosen: list[sqs.Letter]) -> list[sqs.Letter]:
    """Send what says where it came from; those it sent."""
    known = [(letter, source) for letter in chosen if (source := _source(queue, letter))]
    for letter, source in known:
        sqs.send(source, letter)
    return [letter for letter, _ in known]


def _source(queue: sqs.DeadLetterQueue, letter: sqs.Letter) -> str:
    """The queue a message came from: as SQS says, else as Celery wrote, else the only one."""
    names = {url.rsplit("/", 1)[1]: url for url in queue.sources}
    said = [letter.source.rsplit(":", 1)[-1], letters.understood(letter.body).queue]
    known = [names[name] for name in said if name in names]
    return known[0] if known else (queue.sources[0] if len(queue.sources) == 1 else "")
