"""A job's life: claimed once, kept by its lease, ended by its holder, never forgotten."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from processing import actions, outbox, queries, signals, tasks
from processing.models import Job
from tests.people import blob_of, person

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    blob = blob_of(person("alice"), "beach.jpg")
    return Job.objects.create(blob=blob, kind=Job.Kind.PREPARE, due_at=NOW, posted_at=NOW)


@pytest.fixture
def posted(monkeypatch):
    """The messages that were sent, instead of a broker."""
    sent: list[Job] = []
    monkeypatch.setattr(outbox, "post", sent.append)
    return sent


def at(**later: float) -> datetime:
    return NOW + timedelta(**later)


def test_asking_twice_makes_one_job_and_one_message(posted, django_capture_on_commit_callbacks):
    blob = blob_of(person("alice"), "beach.jpg")

    with django_capture_on_commit_callbacks(execute=True):
        first = actions.request_processing(blob=blob)
        second = actions.request_processing(blob=blob)

    assert first == second
    assert posted == [first]


def test_nothing_is_posted_for_a_wish_that_was_undone(posted, django_capture_on_commit_callbacks):
    blob = blob_of(person("alice"), "beach.jpg")

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        undo(blob)

    assert posted == []
    assert not Job.objects.exists()


def undo(blob) -> None:
    with transaction.atomic():
        actions.request_processing(blob=blob)
        raise RuntimeError("something else in the same transaction went wrong")


def test_without_a_broker_the_wish_still_stands(monkeypatch, django_capture_on_commit_callbacks):
    def refuse(job):
        raise ConnectionError

    monkeypatch.setattr(outbox, "post", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        job = actions.request_processing(blob=blob_of(person("alice"), "beach.jpg"))

    assert Job.objects.get() == job


def test_a_waiting_job_is_claimed_once(job):
    twin = Job.objects.get(pk=job.pk)

    assert job.claim(worker="one", now=NOW)
    assert not twin.claim(worker="two", now=NOW)
    assert (job.state, job.worker, job.attempts) == ("running", "one", 1)


def test_a_job_that_is_not_due_is_not_claimed(job):
    Job.objects.update(due_at=at(seconds=1))

    assert not job.claim(worker="one", now=NOW)


def test_a_dead_workers_job_is_free_when_its_lease_has_ended(job, settings):
    twin = Job.objects.get(pk=job.pk)
    job.claim(worker="one", now=NOW)

    assert not twin.claim(worker="two", now=at(seconds=settings.JOB_LEASE_SECONDS))
    assert twin.claim(worker="two", now=at(seconds=settings.JOB_LEASE_SECONDS + 1))
    assert twin.attempts == 2


def test_a_heartbeat_keeps_a_job_from_others(job, settings):
    twin = Job.objects.get(pk=job.pk)
    job.claim(worker="one", now=NOW)

    assert job.extend_lease(now=at(seconds=60), progress=40)

    assert not twin.claim(worker="two", now=at(seconds=settings.JOB_LEASE_SECONDS + 1))
    twin.refresh_from_db()
    assert twin.progress == 40


CHANGES = {
    "finish": lambda job: job.finish(now=NOW),
    "fail": lambda job: job.fail("Because.", now=NOW),
    "retry later": lambda job: job.retry_later(due_at=NOW, detail=""),
    "wait out": lambda job: job.wait_out(due_at=NOW, detail=""),
    "give back": lambda job: job.give_back(now=NOW),
    "extend": lambda job: job.extend_lease(now=NOW, progress=1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_slow_worker_changes_nothing_once_another_has_the_job(job, change):
    job.claim(worker="slow", now=NOW)
    twin = Job.objects.get(pk=job.pk)
    twin.claim(worker="quick", now=at(hours=1))
    before = Job.objects.values().get()

    assert not change(job)

    assert Job.objects.values().get() == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_changes_a_job_that_has_ended(job, change):
    job.claim(worker="one", now=NOW)
    slow = Job.objects.get(pk=job.pk)
    job.finish(now=NOW)

    assert not change(slow)
    assert not change(job)


def test_a_given_back_job_is_free_at_once_and_the_attempt_forgotten(job):
    job.claim(worker="one", now=NOW)

    job.give_back(now=NOW)

    assert job.claim(worker="two", now=NOW)
    assert job.attempts == 1


def test_an_outage_costs_no_attempt(job):
    for _ in range(40):
        assert job.claim(worker="one", now=at(days=1))
        job.wait_out(due_at=NOW, detail="S3 does not answer")

    assert (job.attempts, job.setbacks, job.state) == (0, 30, "waiting")


def test_what_engineers_read_is_cut_and_storable(job):
    job.claim(worker="one", now=NOW)

    job.fail("Because.", detail="a\0b" + "x" * 20_000, now=NOW)

    assert "\0" not in job.detail
    assert len(job.detail) == 8000


def test_a_message_that_waits_is_left_alone(job, posted):
    assert outbox.repost_lost(now=at(seconds=59)) == 0
    assert posted == []


def test_a_lost_message_is_sent_again(job, posted):
    assert outbox.repost_lost(now=at(seconds=61)) == 1
    assert posted == [job]


def test_a_long_queue_is_not_posted_again_and_again(job, posted):
    for minute in range(1, 181):
        outbox.repost_lost(now=at(minutes=minute, seconds=1))

    assert len(posted) < 10


def test_a_job_that_waits_for_its_time_is_posted_when_it_is_due(job, posted):
    Job.objects.update(due_at=at(minutes=10))

    assert outbox.repost_lost(now=at(minutes=9)) == 0
    assert outbox.repost_lost(now=at(minutes=10)) == 1


def test_a_dead_workers_job_is_posted_again(job, posted, settings):
    job.claim(worker="one", now=NOW)

    outbox.repost_lost(now=at(seconds=settings.JOB_LEASE_SECONDS - 1))
    assert posted == []
    outbox.repost_lost(now=at(seconds=settings.JOB_LEASE_SECONDS + 1))
    assert posted == [job]


@pytest.mark.parametrize("state", [Job.State.DONE, Job.State.FAILED])
def test_an_ended_job_is_never_posted_again(job, posted, state):
    Job.objects.update(state=state)

    assert outbox.repost_lost(now=at(days=1)) == 0


def test_the_sweeps_door_opens(job, posted):
    tasks.repost_lost_jobs()

    assert posted == [job]


def test_a_failed_job_is_tried_again_as_if_new(job, posted, django_capture_on_commit_callbacks):
    job.claim(worker="one", now=NOW)
    job.fail("Because.", detail="of this", now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.retry_job(job=job)

    assert (job.state, job.attempts, job.reason, job.detail) == ("waiting", 0, "", "")
    assert posted == [job]


def test_only_a_failed_job_is_tried_again(job, posted):
    assert not actions.retry_job(job=job)


def test_others_hear_that_a_job_is_tried_again(job, posted):
    heard = []

    def listen(sender, job, blob, **_):
        heard.append((sender, job.pk, queries.state_of(blob).state))

    job.claim(worker="one", now=NOW)
    job.fail("Because.", now=NOW)
    signals.processed.connect(listen)
    try:
        actions.retry_job(job=job)
    finally:
        signals.processed.disconnect(listen)

    assert heard == [(Job, job.pk, "processing")]


@pytest.mark.parametrize(
    ("prepare", "transcode", "outcome"),
    [
        ("waiting", None, "processing"),
        ("running", None, "processing"),
        ("done", None, "ready"),
        ("failed", None, "failed"),
        ("done", "waiting", "processing"),
        ("done", "running", "processing"),
        ("done", "done", "ready"),
        ("done", "failed", "failed"),
        ("failed", "done", "failed"),
    ],
)
def test_the_outcome_of_a_blob_follows_from_its_jobs(job, prepare, transcode, outcome):
    Job.objects.update(state=prepare)
    if transcode:
        Job.objects.create(blob=job.blob, kind="transcode", state=transcode)

    assert queries.state_of(job.blob).state == outcome


def test_a_failed_outcome_says_why_and_a_running_one_how_far(job):
    job.claim(worker="one", now=NOW)
    job.extend_lease(now=NOW, progress=30)
    assert queries.state_of(job.blob) == ("processing", "", 30)

    job.fail("Because.", now=NOW)
    assert queries.state_of(job.blob) == ("failed", "Because.", 100)


def test_a_blob_without_jobs_is_still_processing():
    blob = blob_of(person("alice"), "beach.jpg")

    assert queries.state_of(blob) == ("processing", "", 0)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_gets_the_job(job):
    gate = threading.Barrier(8)
    won = []

    def worker(name):
        own = Job.objects.get(pk=job.pk)
        gate.wait()
        if own.claim(worker=name, now=NOW):
            won.append(name)
        connection.close()

    threads = [threading.Thread(target=worker, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    job.refresh_from_db()
    assert won == [job.worker]
    assert job.attempts == 1
