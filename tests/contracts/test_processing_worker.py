"""A real worker, told to stop in the middle of a long job."""

import os
import signal

import pytest

from processing import actions, work
from processing.ffmpeg import run_ffmpeg
from processing.models import Job
from processing.recipes import ladder
from processing.run import Limits
from tests.app.processing.originals import MEDIA, stored
from tests.contracts.workers import PATIENCE_SECONDS, wait_for, worker
from tests.people import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)


@pytest.fixture
def long_job(tmp_path, monkeypatch) -> Job:
    """The encoding of half an hour of video in one piece: long in time but not in bytes."""
    long = tmp_path / "long.webm"
    again = ["-stream_loop", "1000", "-i", str(MEDIA / "clip-vp9.webm"), "-c", "copy", "-an"]
    run_ffmpeg([*again, "-y", str(long)], limits=LIMITS, check=lambda: None)
    blob = stored(person("alice"), long.read_bytes())
    monkeypatch.setattr(ladder, "FIRST_CHUNK_SECONDS", 3600.0)
    work.do_next(actions.request_processing(blob=blob).lane)
    Job.objects.exclude(kind=Job.Kind.SEGMENT).delete()
    return Job.objects.get()


@pytest.mark.parametrize("whole_group", [False, True], ids=["the worker", "its whole group"])
def test_a_worker_told_to_stop_gives_its_job_back_at_once(long_job, tmp_path, whole_group):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with worker(tmp_path / "worker.log", SCRATCH_DIR=str(scratch)) as process:
        wait_for(lambda: Job.objects.get().progress > 0)
        send = os.killpg if whole_group else os.kill
        send(process.pid, signal.SIGTERM)

        wait_for(lambda: Job.objects.get().state == Job.State.WAITING)
        process.wait(PATIENCE_SECONDS)

    job = Job.objects.get()
    assert (job.attempts, job.lease, list(scratch.iterdir())) == (0, None, [])
