"""A job's life: claimed once, kept by its lease, ended by its holder, never forgotten."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mediashare.storage.models import Blob
from processing import actions, outbox, queries, reasons, signals, tasks
from processing.models import Job
from tests.people import blob_of, job_of, person

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    blob = blob_of(person("alice"), "beach.jpg")
    return job_of(blob, due_at=NOW)


@pytest.fixture
def posted(monkeypatch):
    """The messages that were sent, instead of a broker."""
    sent: list[Job] = []
    monkeypatch.setattr(outbox, "post", sent.append)
    return sent


def at(**later: float) -> datetime:
    return NOW + timedelta(**later)


def claim(job: Job, *, worker: str, now: datetime) -> bool:
    """Take the next job of its lane; whether that was this one."""
    taken = Job.objects.claim_next(lane=job.lane, worker=worker, now=now)
    job.refresh_from_db()
    return taken == job


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

    assert claim(job, worker="one", now=NOW)
    assert not claim(twin, worker="two", now=NOW)
    assert (job.state, job.worker, job.attempts) == ("running", "one", 1)


def test_a_job_that_is_not_due_is_not_claimed(job):
    Job.objects.update(due_at=at(seconds=1))

    assert not claim(job, worker="one", now=NOW)


def test_a_dead_workers_job_is_free_when_its_lease_has_ended(job, settings):
    twin = Job.objects.get(pk=job.pk)
    claim(job, worker="one", now=NOW)

    assert not claim(twin, worker="two", now=at(seconds=settings.JOB_LEASE_SECONDS))
    assert claim(twin, worker="two", now=at(seconds=settings.JOB_LEASE_SECONDS + 1))
    assert twin.attempts == 2


def test_a_heartbeat_keeps_a_job_from_others(job, settings):
    twin = Job.objects.get(pk=job.pk)
    claim(job, worker="one", now=NOW)

    assert job.extend_lease(now=at(seconds=60), progress=40)

    assert not claim(twin, worker="two", now=at(seconds=settings.JOB_LEASE_SECONDS + 1))
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
    claim(job, worker="slow", now=NOW)
    twin = Job.objects.get(pk=job.pk)
    claim(twin, worker="quick", now=at(hours=1))
    before = Job.objects.values().get()

    assert not change(job)

    assert Job.objects.values().get() == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_changes_a_job_that_has_ended(job, change):
    claim(job, worker="one", now=NOW)
    slow = Job.objects.get(pk=job.pk)
    job.finish(now=NOW)

    assert not change(slow)
    assert not change(job)


def test_a_given_back_job_is_free_at_once_and_the_attempt_forgotten(job):
    claim(job, worker="one", now=NOW)

    job.give_back(now=NOW)

    assert claim(job, worker="two", now=NOW)
    assert job.attempts == 1


def test_an_outage_costs_no_attempt(job):
    for _ in range(40):
        assert claim(job, worker="one", now=at(days=1))
        job.wait_out(due_at=NOW, detail="S3 does not answer")

    assert (job.attempts, job.setbacks, job.state) == (0, 30, "waiting")


def test_what_engineers_read_is_cut_and_storable(job):
    claim(job, worker="one", now=NOW)

    job.fail("Because.", detail="a\0b" + "x" * 20_000, now=NOW)

    assert "\0" not in job.detail
    assert len(job.detail) == 8000


@pytest.fixture
def broker(monkeypatch):
    """How many messages wait in each lane, instead of a broker."""
    waiting = dict.fromkeys(Job.Lane.values, 0)
    monkeypatch.setattr(outbox, "waiting_messages", waiting.__getitem__)

    def ring(lane):
        waiting[lane] += 1

    monkeypatch.setattr(outbox, "ring", ring)
    return waiting


def test_a_job_whose_message_waits_needs_no_other(job, broker):
    broker["interactive"] = 1

    outbox.top_up(now=NOW)

    assert broker["interactive"] == 1


def test_a_lost_message_is_sent_again(job, broker):
    assert outbox.top_up(now=NOW) == {"interactive": 1, "media": 0, "bulk": 0}
    assert broker["interactive"] == 1


def test_a_long_queue_is_rung_for_so_often_and_no_more(job, broker, monkeypatch):
    monkeypatch.setattr(outbox, "AT_ONCE", 3)
    for number in range(9):
        job_of(blob_of(person(f"guest{number}"), "beach.jpg"), due_at=NOW)

    for _ in range(5):
        outbox.top_up(now=NOW)

    assert broker["interactive"] == 3


def test_a_job_that_waits_for_its_time_is_rung_for_when_it_is_due(job, broker):
    Job.objects.update(due_at=at(minutes=10))

    outbox.top_up(now=at(minutes=9))
    assert broker["interactive"] == 0
    outbox.top_up(now=at(minutes=10))
    assert broker["interactive"] == 1


def test_a_dead_workers_job_is_rung_for_again(job, broker, settings):
    claim(job, worker="one", now=NOW)

    outbox.top_up(now=at(seconds=settings.JOB_LEASE_SECONDS - 1))
    assert broker["interactive"] == 0
    outbox.top_up(now=at(seconds=settings.JOB_LEASE_SECONDS + 1))
    assert broker["interactive"] == 1


@pytest.mark.parametrize("state", [Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED])
def test_an_ended_job_is_never_rung_for(job, broker, state):
    Job.objects.update(state=state)

    outbox.top_up(now=at(days=1))

    assert broker["interactive"] == 0


def test_the_sweeps_door_opens(job, broker):
    tasks.ring_for_forgotten_jobs()

    assert broker["interactive"] == 1


def requested(owner, *names: str) -> list[Job]:
    return [actions.request_processing(blob=blob_of(owner, name)) for name in names]


def order_of_work(lane: str = "interactive") -> list[Job]:
    """Which job is next, until there is none."""
    done = []
    while job := Job.objects.claim_next(lane=lane, worker="one", now=timezone.now()):
        job.finish(now=timezone.now())
        done.append(job)
    return done


def test_one_persons_import_does_not_keep_anothers_photo_waiting(posted):
    of_alice = requested(person("alice"), *(f"{number}.jpg" for number in range(20)))
    [of_bob] = requested(person("bob"), "beach.jpg")

    assert order_of_work()[:3] == [of_alice[0], of_bob, of_alice[1]]


def test_a_newcomer_comes_into_the_round_that_is_served_now(posted):
    of_alice = requested(person("alice"), *(f"{number}.jpg" for number in range(20)))
    for _ in range(10):
        Job.objects.claim_next(lane="interactive", worker="one", now=timezone.now())
    of_bob = requested(person("bob"), "one.jpg", "two.jpg")

    expected = [of_alice[10], of_bob[0], of_alice[11], of_bob[1], of_alice[12]]
    assert order_of_work()[:5] == expected


def test_everybodys_own_jobs_are_done_in_the_order_they_were_asked_for(posted):
    wanted = requested(person("alice"), *(f"{number}.jpg" for number in range(20)))

    assert order_of_work() == wanted


def test_lanes_do_not_wait_for_each_other(posted):
    alice = person("alice")
    [photo] = requested(alice, "beach.jpg")
    video = outbox.request_job(blob=blob_of(alice, "clip.mp4"), kind=Job.Kind.SEGMENT)

    assert order_of_work("media") == [video]
    assert order_of_work() == [photo]


def test_a_job_that_is_not_due_does_not_hold_up_the_round(posted):
    alice, bob = person("alice"), person("bob")
    requested(alice, "late.jpg")
    Job.objects.update(due_at=timezone.now() + timedelta(hours=1))
    of_alice = requested(alice, "one.jpg", "two.jpg")
    [of_bob] = requested(bob, "beach.jpg")

    assert order_of_work() == [of_alice[0], of_bob, of_alice[1]]


def test_a_failed_job_is_tried_again_as_if_new(job, posted, django_capture_on_commit_callbacks):
    claim(job, worker="one", now=NOW)
    job.fail("Because.", detail="of this", now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.retry(jobs=Job.objects.filter(pk=job.pk)) == 1
    job.refresh_from_db()

    assert (job.state, job.attempts, job.reason, job.detail) == ("waiting", 0, "", "")
    assert posted == [job]


def test_only_a_failed_job_is_tried_again(job, posted):
    assert actions.retry(jobs=Job.objects.filter(pk=job.pk)) == 0


def test_others_hear_that_a_job_is_tried_again(job, posted):
    heard = []

    def listen(sender, blob_ids, **_):
        heard.append((sender, blob_ids, queries.state_of(job.blob).state))

    claim(job, worker="one", now=NOW)
    job.fail("Because.", now=NOW)
    signals.processed_many.connect(listen)
    try:
        actions.retry(jobs=Job.objects.all())
    finally:
        signals.processed_many.disconnect(listen)

    assert heard == [(Job, {job.blob_id}, "processing")]


@pytest.mark.parametrize(
    ("prepare", "segment", "outcome"),
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
        ("cancelled", None, "failed"),
        ("done", "cancelled", "failed"),
    ],
)
def test_the_outcome_of_a_blob_follows_from_its_jobs(job, prepare, segment, outcome):
    Job.objects.update(state=prepare)
    if segment:
        job_of(job.blob, kind="segment", lane="media", state=segment)

    assert queries.state_of(job.blob).state == outcome


def test_a_video_of_which_larger_sizes_failed_says_that_it_plays(job):
    Job.objects.update(state="done")
    job_of(job.blob, kind="segment", part="first/00000", state="done")
    job_of(job.blob, kind="segment", part="rest/00000", state="failed", reason=reasons.OUR_FAULT)

    assert queries.state_of(job.blob) == ("failed", reasons.SIZES_MISSING, 100)


def test_a_video_that_does_not_play_says_why(job):
    Job.objects.update(state="done")
    for part, reason in (("rest/00000", "Later."), ("first/00000", "First.")):
        job_of(job.blob, kind="segment", part=part, state="failed", reason=reason)

    assert queries.state_of(job.blob) == ("failed", "First.", 100)


def test_the_state_of_a_long_film_is_counted_by_the_database(job):
    Job.objects.update(state="done", progress=100)
    for number in range(30):
        job_of(job.blob, kind="segment", part=f"first/{number:05}", pieces=40, progress=number)
    prefetched = Blob.objects.prefetch_related(queries.jobs_of_many()).get(pk=job.blob_id)
    fresh = Blob.objects.get(pk=job.blob_id)

    with CaptureQueriesContext(connection) as captured:
        outcome = queries.state_of(fresh)

    assert outcome == queries.state_of(prefetched) == ("processing", "", 19)
    assert len(captured) == 1
    assert "COUNT" in captured.captured_queries[0]["sql"]


def test_a_failed_outcome_says_why_and_a_running_one_how_far(job):
    claim(job, worker="one", now=NOW)
    job.extend_lease(now=NOW, progress=30)
    assert queries.state_of(job.blob) == ("processing", "", 3)

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
        gate.wait()
        if Job.objects.claim_next(lane=job.lane, worker=name, now=NOW):
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
