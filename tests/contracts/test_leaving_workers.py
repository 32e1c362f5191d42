"""Real workers that must go: told so by EC2, in the middle of a job.

What holds a job in its middle is a lock on a row that it wants to write.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import transaction

from mediashare.storage.models import Blob
from processing import outbox
from processing.models import Job
from tests.app.processing.originals import stored
from tests.contracts.workers import PATIENCE_SECONDS, wait_for, worker
from tests.metadata import MetadataService, metadata_service
from tests.people import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]


@pytest.fixture
def ec2() -> Iterator[MetadataService]:
    with metadata_service() as service:
        yield service


@pytest.fixture
def job() -> Job:
    """A photo of Alice's to be looked at; nobody else waits."""
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    return asked_for("alice")


@contextmanager
def busy_worker(
    job: Job, log: Path, ec2: MetadataService
) -> Iterator[tuple["subprocess.Popen[bytes]", Callable[[], None]]]:
    """A worker in the middle of a job, on a Spot instance, and how to let it go on."""
    watch = {"SPOT_WATCH": "yes", "AWS_EC2_METADATA_SERVICE_ENDPOINT": ec2.address}
    with worker(log, **watch) as process, ExitStack() as held:
        held.enter_context(transaction.atomic())
        Blob.objects.select_for_update().get(pk=job.original.pk)
        wait_for(lambda: state_of(job) == Job.State.RUNNING)
        yield process, held.close


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def asked_for(name: str) -> Job:
    return outbox.request_job(blob=stored(person(name), "gps.jpg"), kind=Job.Kind.PREPARE)


def test_on_a_spot_instance_that_is_taken_back_a_job_may_end_within_the_two_minutes(
    job, tmp_path, ec2
):
    with busy_worker(job, tmp_path / "log", ec2) as (process, go_on):
        ec2.interrupt(in_seconds=120)
        wait_for(lambda: b"Warm shutdown" in (tmp_path / "log").read_bytes())
        go_on()
        assert process.wait(PATIENCE_SECONDS) == 0

    assert state_of(job) == Job.State.DONE
    # What LOG_LEVEL asks for is said; Celery has levels of its own.
    assert "job_done" in (tmp_path / "log").read_text()


def test_on_a_spot_instance_at_its_end_a_job_is_given_back(job, tmp_path, ec2):
    with busy_worker(job, tmp_path / "log", ec2) as (process, go_on):
        ec2.interrupt(in_seconds=20)
        wait_for(lambda: b"Warm shutdown" in (tmp_path / "log").read_bytes())
        go_on()
        assert process.wait(PATIENCE_SECONDS) == 0

    assert (state_of(job), job.attempts) == (Job.State.WAITING, 0)


def test_on_a_spot_instance_that_may_go_a_job_ends_and_no_other_is_begun(job, tmp_path, ec2):
    with busy_worker(job, tmp_path / "log", ec2) as (process, go_on):
        ec2.recommend_rebalance()
        wait_for(lambda: b"spot_rebalance" in (tmp_path / "log").read_bytes())
        later = asked_for("bob")
        go_on()
        wait_for(lambda: state_of(job) == Job.State.DONE)
        assert process.poll() is None

        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0

    assert state_of(later) == Job.State.WAITING
    assert outbox.waiting_messages(Job.Lane.INTERACTIVE) == 1
