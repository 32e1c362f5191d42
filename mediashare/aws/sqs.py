"""Messages that SQS has set aside: found, looked at, sent again, dropped.

SQS has no way to look without taking: a message that is looked at is hidden from others until
it is let go of. Ordinary sending and receiving is Celery's.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mediashare.aws.client import calling, client

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        DeleteMessageBatchRequestEntryTypeDef,
    )

# SQS gives and takes no more than ten messages in one request.
AT_ONCE = 10
# A message that was looked at and not let go of, since the process died, comes back after this.
HIDDEN_SECONDS = 30


@dataclass(frozen=True)
class DeadLetterQueue:
    """Where messages of some queues end that were received too often. All by their URLs."""

    url: str
    sources: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[1]


@dataclass(frozen=True)
class Letter:
    """One message. `source` is the ARN of the queue it came from, if SQS says it."""

    id: str
    body: str
    received: int
    sent_at: datetime
    source: str
    handle: str
    attributes: dict[str, Any]


def dead_letter_queues(urls: Iterable[str]) -> list[DeadLetterQueue]:
    """Where these queues set messages aside, as their redrive policies say. One request each.

    Raises mediashare.aws.client.Unavailable, Refused and NotFound, as everything here does.
    """
    sources: dict[str, list[str]] = {}
    for url in urls:
        with calling("read redrive policy"):
            found = _client(url).get_queue_attributes(
                QueueUrl=url, AttributeNames=["RedrivePolicy"]
            )
        policy = found.get("Attributes", {}).get("RedrivePolicy")
        if policy:
            name = json.loads(policy)["deadLetterTargetArn"].rsplit(":", 1)[1]
            # SQS wants both queues in one account and region, so their URLs differ in the name.
            sources.setdefault(f"{url.rsplit('/', 1)[0]}/{name}", []).append(url)
    return [DeadLetterQueue(url, tuple(found)) for url, found in sources.items()]


def count(url: str) -> int:
    """About how many messages a queue holds, hidden ones among them."""
    with calling("count messages"):
        found = _client(url).get_queue_attributes(
            QueueUrl=url,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
    return sum(int(value) for value in found["Attributes"].values())


def take(url: str, *, most: int) -> Iterator[list[Letter]]:
    """Messages nobody else looks at, ten at a time, until none is left. Let go of them after."""
    taken = 0
    while taken < most:
        with calling("receive messages"):
            answer = _client(url).receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(AT_ONCE, most - taken),
                VisibilityTimeout=HIDDEN_SECONDS,
                # Without waiting SQS asks only some of its servers, and may miss what is there.
                WaitTimeSeconds=1,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        letters = [_letter(message) for message in answer.get("Messages", [])]
        if not letters:
            return
        taken += len(letters)
        yield letters


def let_go(url: str, letters: Iterable[Letter]) -> None:
    """Show messages to others again at once."""
    for some in _tens(letters):
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(place), "ReceiptHandle": letter.handle, "VisibilityTimeout": 0}
            for place, letter in enumerate(some)
        ]
        with calling("let go of messages"):
            _client(url).change_message_visibility_batch(QueueUrl=url, Entries=entries)


def send(url: str, letter: Letter) -> None:
    """Send a copy of a message to a queue."""
    with calling("send message"):
        _client(url).send_message(
            QueueUrl=url, MessageBody=letter.body, MessageAttributes=letter.attributes
        )


def drop(url: str, letters: Iterable[Letter]) -> int:
    """Delete messages that were taken, for good; how many SQS says it has deleted."""
    dropped = 0
    for some in _tens(letters):
        entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "ReceiptHandle": letter.handle} for place, letter in enumerate(some)
        ]
        with calling("delete messages"):
            answer = _client(url).delete_message_batch(QueueUrl=url, Entries=entries)
        dropped += len(answer.get("Successful", []))
    return dropped


def _client(url: str) -> "SQSClient":
    at = urlsplit(url)
    found: SQSClient = client("sqs", endpoint_url=f"{at.scheme}://{at.netloc}")
    return found


def _letter(message: Any) -> Letter:
    known = message.get("Attributes", {})
    sent_at = int(known.get("SentTimestamp", 0)) / 1000
    return Letter(
        id=message["MessageId"],
        body=message["Body"],
        received=int(known.get("ApproximateReceiveCount", 0)),
        sent_at=datetime.fromtimestamp(sent_at, UTC),
        source=known.get("DeadLetterQueueSourceArn", ""),
        handle=message["ReceiptHandle"],
        attributes=message.get("MessageAttributes", {}),
    )


def _tens(letters: Iterable[Letter]) -> Iterator[list[Letter]]:
    letters = list(letters)
    for at in range(0, len(letters), AT_ONCE):
        yield letters[at : at + AT_ONCE]
