"""While a long piece is made, its percent moves, and never back."""

from itertools import pairwise
from pathlib import Path

import pytest

from processing import actions, recordings, streaming, work
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job
from processing.run import Limits
from tests.app.processing.originals import stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
TONE = ["-f", "lavfi", "-i", "sine=duration=12"]
PATTERN = ["-f", "lavfi", "-i", "testsrc2=duration=12:size=160x90:rate=10"]
# ffmpeg tells how far it is twice a second: these take longer than that to encode.
MANY_PIXELS = ["-f", "lavfi", "-i", "testsrc2=duration=14:size=854x480:rate=30", *TONE]
MUCH_SOUND = [*PATTERN, "-f", "lavfi", "-i", "sine=duration=150"]


class Watched(Lease):
    """Remembers what would have been written down."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.seen: list[int] = []

    def note_progress(self, percent: int) -> None:
        super().note_progress(percent)
        self.seen.append(self._progress)


def content(folder: Path, name: str, *arguments: str) -> bytes:
    run_ffmpeg(["-v", "error", *arguments, str(folder / name)], limits=LIMITS, check=lambda: None)
    return (folder / name).read_bytes()


def followed(blob, kind: Job.Kind) -> Job:
    """The first job of a kind that follows from the look."""
    actions.request_processing(blob=blob)
    work.do_next(Job.Lane.INTERACTIVE)
    return Job.objects.filter(blob=blob, kind=kind).select_related("blob").order_by("part")[0]


def is_moving(seen: list[int], *, at_least: int) -> bool:
    never_back = all(before <= after for before, after in pairwise(seen))
    return never_back and len(set(seen)) >= at_least and seen[-1] <= 99


@pytest.mark.parametrize(
    ("kind", "make", "arguments"),
    [
        (Job.Kind.SEGMENT, streaming.make_segments, MANY_PIXELS),
        (Job.Kind.AUDIO, streaming.make_sound, MUCH_SOUND),
    ],
    ids=["pictures", "sound"],
)
def test_a_piece_that_is_encoded_tells_how_far_it_is(alice, tmp_path, kind, make, arguments):
    odd = ["-c:v", "mpeg4", "-c:a", "mp2"]
    job = followed(stored(alice, content(tmp_path, "odd.mkv", *arguments, *odd)), kind)
    lease = Watched(job)

    make(job, tmp_path, lease)

    between = {percent for percent in lease.seen if 10 < percent < 99}
    assert is_moving(lease.seen, at_least=3)
    assert between, f"Only begin and end were told: {lease.seen}"


def test_a_piece_that_is_copied_tells_how_much_it_has_read(alice, tmp_path):
    wide = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-b:v", "4M", "-minrate", "4M"]
    flat = ["-pix_fmt", "yuv420p", "-vf", "noise=alls=90:allf=t", "-qp", "4", "-an"]
    job = followed(
        stored(alice, content(tmp_path, "plain.mp4", *PATTERN, *wide, *flat)), Job.Kind.SEGMENT
    )
    lease = Watched(job)

    streaming.make_segments(job, tmp_path, lease)

    assert is_moving(lease.seen, at_least=3)


def test_a_sound_file_tells_how_far_it_is(alice, tmp_path):
    song = content(tmp_path, "song.flac", "-f", "lavfi", "-i", "sine=duration=150")
    job = followed(stored(alice, song), Job.Kind.RECORDING)
    lease = Watched(job)

    recordings.make_recording(job, tmp_path, lease)

    assert is_moving(lease.seen, at_least=3)
