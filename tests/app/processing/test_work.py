"""What every ending of a piece of work means for its job."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from mediashare.aws import s3
from mediashare.aws.client import NotFound, Unavailable
from mediashare.storage.actions import held_blob
from processing import (
    actions,
    lease,
    leftovers,
    outbox,
    queries,
    reasons,
    shutdown,
    signals,
    tasks,
    work,
)
from processing.models import Job, MediaInfo, Rendition
from processing.run import DiskFull
from processing.scratch import NoRoom
from tests.app.processing.originals import stored
from tests.people import blob_of, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def posted(monkeypatch):
    """The messages that were sent, instead of a broker."""
    sent: list[Job] = []
    monkeypatch.setattr(outbox, "post", sent.append)
    return sent


@pytest.fixture
def job(posted):
    return outbox.request_job(blob=blob_of(person("alice"), "beach.jpg"), kind=Job.Kind.PREPARE)


@pytest.fixture
def heard():
    """What others were told, as (state of the job, state of the blob)."""
    told = []

    def listen(sender, job, blob, **_):
        told.append((job.state, queries.state_of(blob).state))

    signals.processed.connect(listen)
    yield told
    signals.processed.disconnect(listen)


@pytest.fixture
def does(monkeypatch):
    """Let the work of a job be something else."""
    return lambda piece: monkeypatch.setitem(work.WORK, Job.Kind.PREPARE, piece)


def nothing() -> None:
    """A result without rows."""


def raising(error: BaseException):
    def piece(job, folder, lease):
        raise error

    return piece


def do(job: Job) -> Job:
    work.do_next(job.lane)
    job.refresh_from_db()
    return job


def free_again(job: Job) -> Job:
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    return job


def test_a_made_job_is_done_with_its_rows_and_others_hear_of_it(job, does, heard):
    info = {"kind": "photo", "format": "jpeg", "width": 3, "height": 2}
    does(lambda job, folder, lease: lambda: MediaInfo.objects.create(blob=job.blob, **info))

    do(job)

    assert (job.state, job.progress, job.lease) == ("done", 100, None)
    assert MediaInfo.objects.get().blob_id == job.blob_id
    assert heard == [("done", "ready")]


def test_rows_and_the_end_of_the_job_are_one(job, does, heard):
    def rows_that_fail():
        MediaInfo.objects.create(blob=job.blob, kind="photo", width=1, height=1)
        raise ValueError("no such column")

    does(lambda job, folder, lease: rows_that_fail)

    do(job)

    assert job.state == "waiting"
    assert not MediaInfo.objects.exists()


def test_the_scratch_folder_is_gone_however_it_ends(job, does, settings, tmp_path):
    settings.SCRATCH_DIR = str(tmp_path)

    def leave_a_mess(blob, folder, lease):
        assert folder.parent == tmp_path
        (folder / "half").write_bytes(b"x")
        raise RuntimeError

    does(leave_a_mess)
    do(job)

    assert list(tmp_path.iterdir()) == []


def test_a_refusal_fails_at_once_with_reason_and_detail(job, does, heard):
    does(raising(reasons.Refused("Because.", "of this")))

    do(job)

    assert (job.state, job.reason, job.detail) == ("failed", "Because.", "of this")
    assert heard == [("failed", "failed")]


@pytest.mark.parametrize(
    "outage",
    [Unavailable("503"), OperationalError("gone"), NoRoom("full"), DiskFull("full")],
    ids=type,
)
def test_an_outage_of_any_length_never_fails_a_file(job, does, settings, outage):
    does(raising(outage))

    for _ in range(3 * settings.JOB_MAX_ATTEMPTS):
        do(free_again(job))

    assert (job.state, job.attempts) == ("waiting", 0)
    assert type(outage).__name__ in job.detail


def test_the_wait_grows_while_an_outage_lasts(job, does, settings):
    does(raising(Unavailable("503")))

    for factor in (1, 2, 4):
        wait = timedelta(seconds=settings.JOB_RETRY_SECONDS * factor)
        before = timezone.now()
        do(free_again(job))
        assert before + wait <= job.due_at <= timezone.now() + wait


def test_when_the_outage_is_over_the_job_is_done(job, does):
    does(raising(Unavailable("503")))
    do(job)
    does(lambda job, folder, lease: nothing)

    do(free_again(job))

    assert (job.state, job.attempts, job.setbacks) == ("done", 1, 0)


def test_a_surprise_is_tried_again_and_at_last_fails_with_its_traceback(job, does, settings, heard):
    does(raising(ZeroDivisionError("surprise")))

    for _ in range(settings.JOB_MAX_ATTEMPTS - 1):
        assert do(free_again(job)).state == "waiting"
    do(free_again(job))

    assert (job.state, job.reason) == ("failed", reasons.OUR_FAULT)
    assert "ZeroDivisionError: surprise" in job.detail
    assert heard[-1] == ("failed", "failed")


def test_a_file_that_kills_its_worker_each_time_fails_at_last(job, does, settings):
    does(lambda job, folder, lease: pytest.fail("it must not be begun again"))
    for _ in range(settings.JOB_MAX_ATTEMPTS):
        assert steal()
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    do(job)

    assert (job.state, job.reason) == ("failed", reasons.WORKER_DIED)


def test_a_message_that_comes_twice_does_the_work_once(job, does):
    times = []
    does(lambda job, folder, lease: lambda: times.append(1))

    tasks.interactive()
    tasks.interactive()

    assert times == [1]


def test_a_message_that_comes_while_the_work_is_done_does_nothing(job, does):
    times = []

    def piece(job, folder, lease):
        work.do_next(job.lane)
        return lambda: times.append(1)

    does(piece)
    do(job)

    assert times == [1]
    assert (job.state, job.attempts) == ("done", 1)


def test_a_message_for_a_job_that_is_gone_does_nothing(job):
    job.delete()

    tasks.interactive()
    tasks.media()
    tasks.bulk()


def test_a_lost_message_is_swept_up_and_the_job_done(job, does, monkeypatch):
    does(lambda job, folder, lease: nothing)
    monkeypatch.setattr(outbox, "waiting_messages", lambda lane: 0)
    monkeypatch.setattr(outbox, "ring", lambda lane: getattr(tasks, lane)())

    tasks.ring_for_forgotten_jobs()

    job.refresh_from_db()
    assert job.state == "done"


def steal() -> Job | None:
    """Take the job as another worker would, if it is to be had."""
    return Job.objects.claim_next(lane="interactive", worker="thief", now=timezone.now())


def test_work_stops_when_the_lease_is_lost_and_its_results_are_dropped(
    job, does, monkeypatch, heard
):
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)

    def piece(job, folder, lease):
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert steal()
        for _ in range(200):
            lease.check()
            time.sleep(0.05)
        pytest.fail("nobody told the work that its lease is lost")

    does(piece)
    do(job)

    assert (job.state, job.worker, job.attempts) == ("running", "thief", 2)
    assert heard == []


def test_a_twin_that_finishes_late_writes_nothing(job, does):
    """It was asleep so long that its lease ended, and wakes up just before the end."""

    def piece(job, folder, lease):
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        steal()
        return lambda: pytest.fail("rows of a lost lease")

    does(piece)
    do(job)

    assert (job.state, job.worker) == ("running", "thief")


@pytest.mark.usefixtures("buckets")
@pytest.mark.parametrize(
    "error",
    [
        NotFound("no such multipart"),
        Unavailable("503"),
        reasons.Refused("Because."),
        shutdown.Stopping(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_goes_wrong_for_one_whose_job_was_taken_is_only_the_loss_of_it(
    job, does, heard, posted, error
):
    """Who took it may be the cause: what both write is joined, or dropped, under the first."""

    def piece(job, folder, lease):
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert steal()
        posted.clear()
        raise error

    does(piece)
    with capture_logs() as said:
        do(job)

    assert (job.state, job.worker, job.detail) == ("running", "thief", "")
    assert [each["event"] for each in said] == ["lease_lost"]
    assert heard == posted == []


@pytest.mark.usefixtures("buckets")
def test_what_a_cancelled_job_stored_goes_although_it_ended_with_an_error(job, does, settings):
    key = f"renditions/{job.blob_id}/image-320-v1.jpg"

    def piece(job, folder, lease):
        leftovers.note(key)
        bucket = settings.RENDITIONS_BUCKET
        s3.put(bucket=bucket, key=key, body=b"picture", content_type="image/jpeg")
        actions.cancel(jobs=Job.objects.all())
        raise NotFound("no such multipart")

    does(piece)
    do(job)

    assert job.state == "cancelled"
    assert list(s3.keys(bucket=settings.RENDITIONS_BUCKET, prefix=key)) == []


def test_a_long_job_keeps_its_lease_and_tells_its_progress(job, does, settings):
    settings.JOB_LEASE_SECONDS = 3
    seen = []

    def piece(job, folder, lease):
        lease.note_progress(40)
        first_end = Job.objects.get().lease_until
        while (row := Job.objects.get()).lease_until == first_end:
            lease.check()
            time.sleep(0.05)
        seen.append((row.progress, steal()))
        return nothing

    does(piece)
    do(job)

    assert seen == [(40, None)]
    assert job.state == "done"


def test_a_worker_that_must_stop_gives_its_job_back_at_once(job, does, posted, monkeypatch):
    def piece(job, folder, lease):
        monkeypatch.setattr(shutdown, "is_over", lambda: True)
        lease.check()

    does(piece)
    posted.clear()
    do(job)

    assert (job.state, job.attempts, job.lease) == ("waiting", 0, None)
    assert job.due_at <= timezone.now()
    assert posted == [job]


def test_a_database_that_restarts_at_the_end_does_not_cost_the_work(job, does, monkeypatch):
    monkeypatch.setattr(work, "ASK_AGAIN_SECONDS", 0.05)
    begun, finished = [], []

    def finish():
        finished.append(1)
        if len(finished) < 3:
            raise OperationalError("terminating connection due to administrator command")

    def piece(job, folder, lease):
        begun.append(1)
        return finish

    does(piece)
    do(job)

    assert (len(begun), len(finished), job.state) == (1, 3, "done")


@pytest.mark.parametrize(
    ("error", "state"),
    [(Unavailable("503"), "waiting"), (reasons.Refused("Because."), "failed")],
    ids=["an outage", "a refusal"],
)
def test_a_connection_from_before_a_restart_leaves_no_job_to_its_lease(job, does, error, state):
    def piece(job, folder, lease):
        connection.connection.close()
        raise error

    does(piece)
    do(job)

    assert (job.state, job.lease) == (state, None)


@pytest.mark.usefixtures("buckets")
def test_twins_at_the_same_moment_make_the_same_renditions_once(posted):
    blob = stored(person("alice"), "gps.jpg")
    job = outbox.request_job(blob=blob, kind=Job.Kind.PREPARE)

    def worker():
        work.do_next(job.lane)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert queries.state_of(blob).state == "ready"
    assert Job.objects.get().attempts == 1
    assert Rendition.objects.count() == len(set(Rendition.objects.values_list("key")))


@pytest.mark.usefixtures("buckets")
def test_doing_it_again_gives_the_same_keys_and_rows(posted):
    blob = stored(person("alice"), "gps.jpg")
    job = do(outbox.request_job(blob=blob, kind=Job.Kind.PREPARE))
    before = list(blob.renditions.order_by("key").values("key", "size_bytes"))

    Job.objects.update(state="waiting", due_at=timezone.now())
    do(job)

    assert job.state == "done"
    assert list(blob.renditions.order_by("key").values("key", "size_bytes")) == before


@pytest.mark.usefixtures("buckets")
def test_what_is_made_of_a_file_while_it_is_deleted_for_ever_goes_too(job, does, settings):
    def make_too_late(job, folder, lease):
        job.blob.delete()
        key = f"renditions/{job.blob_id}/image-320-v1.jpg"
        bucket = settings.RENDITIONS_BUCKET
        s3.put(bucket=bucket, key=key, body=b"picture", content_type="image/jpeg")
        return nothing

    does(make_too_late)
    work.do_next(job.lane)

    left = s3.keys(bucket=settings.RENDITIONS_BUCKET, prefix=f"renditions/{job.blob_id}/")
    assert list(left) == []


@pytest.mark.usefixtures("buckets")
def test_a_file_whose_bytes_are_lost_can_be_uploaded_again_as_it_is_told_to(job):
    digest = job.blob.sha256

    do(job)

    assert (job.state, job.reason) == ("failed", reasons.MISSING)
    with transaction.atomic():
        assert held_blob(owner=job.blob.owner, sha256=digest) is None
