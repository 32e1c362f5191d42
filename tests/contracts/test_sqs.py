"""Jobs through SQS: delivered, kept from others, given back, and set aside when poisonous.

The queue is a local stand-in, the worker a real one with the project's own configuration. No
timer runs here, so a job that is done was done because its message came.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone

from mediashare import celery
from mediashare.storage.models import Blob
from processing import queries
from processing.models import Job
from processing.reasons import WORKER_DIED
from tests.app.processing.originals import stored
from tests.contracts import ministack
from tests.contracts.workers import PATIENCE_SECONDS, kill, wait_for, worker
from tests.people import job_of, person

VISIBILITY_SECONDS = 5
RECEIVES = 2

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("buckets"),
    pytest.mark.xdist_group("sqs"),
]


@dataclass(frozen=True)
class Queues:
    """The service's queues in SQS, what sends to them, and where poison ends."""

    sqs: Any
    urls: dict[str, str]
    dead_letters: str
    settings: dict[str, str]
    app: Celery
    log: Path

    def send(self, task: str) -> None:
        self.app.send_task(f"processing.tasks.{task}")

    @contextmanager
    def worker(self, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        with worker(self.log, **{**self.settings, **settings}) as process:
            yield process

    def hide_for(self, seconds: int) -> dict[str, str]:
        """Make the queues hide a message for so long; the setting that says so to a worker."""
        for url in self.urls.values():
            self.sqs.set_queue_attributes(
                QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)}
            )
        return {"SQS_VISIBILITY_SECONDS": str(seconds)}

    def visible(self, lane: str) -> int:
        return self._count(self.urls[lane], "ApproximateNumberOfMessages")

    def hidden(self, lane: str) -> int:
        return self._count(self.urls[lane], "ApproximateNumberOfMessagesNotVisible")

    def waiting(self, url: str) -> int:
        """Messages of a queue, whether anybody can see them now or not."""
        return self._count(
            url, "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
        )

    def _count(self, url: str, *names: str) -> int:
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with ministack.running(tmp_path_factory.mktemp("ministack")) as found:
        yield found


@pytest.fixture
def queues(address, settings, monkeypatch, tmp_path) -> Queues:
    sqs = ministack.client(address)
    prefix = f"{tmp_path.name}-"[-60:].replace("_", "-")
    dead_letters = sqs.create_queue(QueueName=f"{prefix}dead")["QueueUrl"]
    attributes = {"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": redrive(prefix)}
    urls = {
        name: sqs.create_queue(QueueName=prefix + name, Attributes=attributes)["QueueUrl"]
        for name in celery.QUEUES
    }
    chosen = {
        "CELERY_BROKER_URL": f"sqs://{ministack.KEY}:{ministack.SECRET}@{address}",
        "CELERY_QUEUE_PREFIX": prefix,
        "SQS_QUEUE_URLS": ",".join(urls.values()),
        "SQS_VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
        "JOB_LEASE_SECONDS": str(VISIBILITY_SECONDS - 2),
        "S3_REGION": ministack.REGION,
    }
    settings.CELERY_BROKER_URL = chosen["CELERY_BROKER_URL"]
    # Celery itself reads this one from the environment, whatever its settings say.
    monkeypatch.setenv("CELERY_BROKER_URL", chosen["CELERY_BROKER_URL"])
    settings.CELERY_QUEUE_PREFIX = prefix
    settings.SQS_QUEUE_URLS = list(urls.values())
    settings.SQS_VISIBILITY_SECONDS = VISIBILITY_SECONDS
    app = Celery("test", set_as_current=False)
    app.add_defaults(celery.configuration)
    return Queues(sqs, urls, dead_letters, chosen, app, tmp_path / "worker.log")


def redrive(prefix: str) -> str:
    target = f"arn:aws:sqs:{ministack.REGION}:000000000000:{prefix}dead"
    return json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": RECEIVES})


@contextmanager
def held_in_the_middle(job: Job) -> Iterator[None]:
    """Whoever does the job waits inside: it wants to write the digest, and this has the row."""
    with transaction.atomic():
        Blob.objects.select_for_update().get(pk=job.original.pk)
        yield


def is_running(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == Job.State.RUNNING


@pytest.fixture
def job() -> Job:
    now = timezone.now()
    blob = stored(person("alice"), "gps.jpg")
    return job_of(blob, due_at=now)


def is_ready(job: Job) -> bool:
    return queries.state_of(job.original).state == "ready"


def test_a_job_is_done_and_its_message_is_gone(queues, job):
    queues.send("interactive")

    with queues.worker():
        wait_for(lambda: is_ready(job))
        wait_for(lambda: queues.waiting(queues.urls["interactive"]) == 0)

    assert Job.objects.get().attempts == 1


def test_a_worker_killed_in_the_middle_is_followed_by_one_that_does_the_job_once(queues, job):
    queues.send("interactive")

    with held_in_the_middle(job), queues.worker() as doomed:
        wait_for(lambda: is_running(job))
        kill(doomed)
    with queues.worker():
        wait_for(lambda: is_ready(job))
        wait_for(lambda: queues.waiting(queues.urls["interactive"]) == 0)

    assert Job.objects.get().attempts == 2
    assert queues.waiting(queues.dead_letters) == 0


def test_poisonous_messages_end_among_the_dead_letters_and_work_goes_on(queues, job):
    queues.send("no_such_task")
    rubbish = queues.urls["interactive"]
    queues.sqs.send_message(QueueUrl=rubbish, MessageBody="not what Celery writes")
    queues.send("interactive")

    with queues.worker():
        wait_for(lambda: is_ready(job))
        wait_for(lambda: queues.waiting(queues.dead_letters) == 2)

    assert [queues.waiting(url) for url in queues.urls.values()] == [0, 0, 0]


def test_a_message_stays_hidden_for_as_long_as_its_job_runs(queues, job):
    queues.send("interactive")

    with queues.worker(**queues.hide_for(4)):
        with held_in_the_middle(job):
            wait_for(lambda: is_running(job))
            seen = set()
            for _ in range(30):
                seen.add(queues.visible("interactive"))
                time.sleep(0.2)
        wait_for(lambda: is_ready(job))
        wait_for(lambda: queues.waiting(queues.urls["interactive"]) == 0)

    assert seen == {0}
    assert Job.objects.get().attempts == 1


def test_a_worker_told_to_stop_strands_no_message(queues, job):
    # So long that only what the worker itself gives back can be seen again in this test.
    an_hour = queues.hide_for(3600)
    queues.send("interactive")

    with queues.worker(**an_hour) as leaving:
        with held_in_the_middle(job):
            wait_for(lambda: is_running(job))
            # Its one process is busy; a message that comes now waits within the worker.
            queues.send("media")
            wait_for(lambda: queues.hidden("media") == 1)

            leaving.terminate()

            wait_for(lambda: queues.visible("media") == 1)
            assert is_running(job)
        assert leaving.wait(PATIENCE_SECONDS) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.WAITING, 0)

    with queues.worker(**an_hour):
        wait_for(lambda: is_ready(job))
        wait_for(lambda: [queues.waiting(url) for url in queues.urls.values()] == [0, 0, 0])
    assert queues.waiting(queues.dead_letters) == 0


def test_a_job_that_kills_its_workers_fails_and_its_message_is_no_dead_letter(queues, job):
    once = {"JOB_MAX_ATTEMPTS": "1"}
    queues.send("interactive")

    with held_in_the_middle(job), queues.worker(**once) as doomed:
        wait_for(lambda: is_running(job))
        kill(doomed)
    with queues.worker(**once):
        wait_for(lambda: queues.waiting(queues.urls["interactive"]) == 0)

    job.refresh_from_db()
    assert (job.state, job.reason) == (Job.State.FAILED, WORKER_DIED)
    assert queues.waiting(queues.dead_letters) == 0
