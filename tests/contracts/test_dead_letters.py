"""Dead letters of SQS as the admin sees and moves them, in the protocol itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from django.test import Client

from mediashare import celery
from mediashare.aws import sqs
from processing import dead_letters
from tests.contracts import ministack
from tests.people import person

DEAD = "/admin/processing/job/dead-letters/"

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("sqs")]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with ministack.running(tmp_path_factory.mktemp("ministack")) as found:
        yield found


@pytest.fixture
def queues(address, settings, monkeypatch, tmp_path) -> dict[str, Any]:
    """The lanes' queues with one for dead letters, where two messages were set aside."""
    client = ministack.client(address)
    prefix = f"{tmp_path.name}-"[-60:].replace("_", "-")
    dead = client.create_queue(QueueName=f"{prefix}dead")["QueueUrl"]
    arn = f"arn:aws:sqs:{ministack.REGION}:000000000000:{prefix}dead"
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    urls = [
        client.create_queue(
            QueueName=prefix + lane, Attributes={"VisibilityTimeout": "0", "RedrivePolicy": policy}
        )["QueueUrl"]
        for lane in celery.QUEUES
    ]
    settings.CELERY_BROKER_URL = f"sqs://{ministack.KEY}:{ministack.SECRET}@{address}"
    monkeypatch.setenv("CELERY_BROKER_URL", settings.CELERY_BROKER_URL)
    settings.CELERY_QUEUE_PREFIX = prefix
    settings.SQS_QUEUE_URLS = urls
    settings.S3_REGION = ministack.REGION
    app = Celery("test", set_as_current=False)
    app.add_defaults(celery.configuration)
    app.send_task("processing.tasks.media")
    client.send_message(QueueUrl=urls[0], MessageBody="not what Celery writes")
    media = next(url for url in urls if url.endswith("media"))
    for url in (urls[0], media):
        for _ in range(3):
            client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return {"dead": dead, "first": urls[0], "media": media}


@pytest.fixture
def carol(client: Client) -> Client:
    client.force_login(person("carol", is_staff=True, is_superuser=True))
    return client


def names(queues: dict[str, Any]) -> str:
    return str(queues["dead"].rsplit("/", 1)[1])


def seen() -> list[dead_letters.DeadLetter]:
    [shelf] = dead_letters.shelves()
    return shelf.letters


def test_letters_are_seen_as_often_as_one_looks(queues, carol):
    for _ in range(2):
        text = carol.get(DEAD).content.decode()

        assert "processing.tasks.media" in text
        assert "not what Celery writes" in text
    assert {letter.order.task for letter in seen()} == {"processing.tasks.media", ""}


def test_one_is_sent_again_to_the_queue_it_came_from_and_the_other_stays(queues, carol):
    [letter] = [letter for letter in seen() if letter.order.task]
    form = {"act": "replay", "queue": names(queues), "id": letter.id}

    asked = carol.post(DEAD, form)
    assert "Send again 1 message" in asked.content.decode()
    assert len(seen()) == 2
    answer = carol.post(DEAD, {**form, "sure": "yes"}, follow=True)

    assert "1 sent to their queues again." in answer.content.decode()
    assert sqs.count(queues["media"]) == 1
    assert [left.order.text for left in seen()] == ["not what Celery writes"]


def test_all_are_dropped(queues, carol):
    form = {"act": "drop", "queue": names(queues), "sure": "yes"}

    answer = carol.post(DEAD, form, follow=True)

    assert "2 dropped." in answer.content.decode()
    assert seen() == []
    assert sqs.count(queues["dead"]) == 0


def test_a_queue_that_is_no_queue_for_dead_letters_is_not_touched(queues, carol):
    form = {"act": "drop", "queue": queues["media"].rsplit("/", 1)[1], "sure": "yes"}

    assert carol.post(DEAD, form).status_code == 404
