"""A real worker whose job is cancelled in the middle."""

import os
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from albums import actions as albums
from albums.models import Item
from mediashare.aws import s3
from processing import actions, work
from processing.ffmpeg import run_ffmpeg
from processing.models import Job
from processing.reasons import CANCELLED
from processing.recipes import ladder
from processing.run import Limits
from tests.app.processing.originals import MEDIA, stored
from tests.contracts.workers import wait_for, worker
from tests.people import SUMMER, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)


@pytest.fixture
def long_video(tmp_path, monkeypatch):
    """Half an hour of video to be encoded in one piece: long in time but not in bytes."""
    long = tmp_path / "long.webm"
    again = ["-stream_loop", "1000", "-i", str(MEDIA / "clip-vp9.webm"), "-c", "copy", "-an"]
    run_ffmpeg([*again, "-y", str(long)], limits=LIMITS, check=lambda: None)
    alice = person("alice")
    blob = stored(alice, long.read_bytes())
    monkeypatch.setattr(ladder, "FIRST_CHUNK_SECONDS", 3600.0)
    item = albums.add_item(owner=alice, blob=blob, name="long.webm", taken_at=SUMMER)
    work.do_next(actions.request_processing(blob=blob).lane)
    Job.objects.filter(kind__in=[Job.Kind.PREVIEWS, Job.Kind.VERIFY]).delete()
    return item


def children_with(folder: Path) -> list[psutil.Process]:
    """Programs that were told of a folder; the worker itself has it in its environment only."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in word for word in process.info["cmdline"] or [])
    ]


def stored_for(item: Item) -> set[str]:
    return set(s3.keys(bucket=settings.RENDITIONS_BUCKET, prefix=f"renditions/{item.blob_id}"))


def test_a_cancelled_job_stops_within_seconds_and_leaves_nothing_over(long_video, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    item = long_video
    before = stored_for(item)
    with worker(tmp_path / "worker.log", SCRATCH_DIR=str(scratch)) as process:
        running = Job.objects.filter(state=Job.State.RUNNING, progress__gt=0)
        wait_for(lambda: bool(children_with(scratch)) and running.exists())
        assert any(scratch.iterdir())

        assert actions.cancel(jobs=Job.objects.all()) >= 1

        wait_for(lambda: not any(scratch.iterdir()))
        wait_for(lambda: not children_with(scratch))
        assert os.path.exists(f"/proc/{process.pid}"), "The worker itself goes on."

    item.refresh_from_db()
    assert (item.state, item.reason) == ("failed", CANCELLED)
    assert not item.blob.tracks.exists()
    assert stored_for(item) == before
