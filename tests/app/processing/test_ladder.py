"""Videos become tracks for streaming, in pieces that fit to the frame, whatever people have."""

import io
from pathlib import Path

import av
import pytest
from django.conf import settings

from mediashare.aws import s3
from processing import queries, run
from processing.ffmpeg import run_ffmpeg
from processing.models import Track
from tests.app.processing.originals import processed, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
TONE = ["-f", "lavfi", "-i", "sine=duration=12"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def made(folder: Path, name: str, *arguments: str) -> bytes:
    """A file that ffmpeg makes of its own test pictures."""
    target = folder / name
    run_ffmpeg(["-v", "error", *arguments, "-y", str(target)], limits=LIMITS, check=lambda: None)
    return target.read_bytes()


def pattern(seconds: float = 12, size: str = "320x180", rate: str = "30") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=duration={seconds}:size={size}:rate={rate}"]


def body(track: Track) -> bytes:
    """A track as a player receives it: its head, then every segment."""
    return b"".join(
        chunk
        for file, offset, length, _ in track.segments
        for chunk in s3.open_range(
            bucket=settings.RENDITIONS_BUCKET,
            key=track.prefix + file,
            first=offset,
            last=offset + length - 1,
        )
    )


def times(content: bytes) -> list[float]:
    """When each frame is shown, in seconds from the beginning of the file."""
    with av.open(io.BytesIO(content), "r") as file:
        zero = (file.start_time or 0) / 1e6
        return [frame.time - zero for frame in file.decode(video=0)]


def test_a_video_that_every_browser_plays_is_copied_and_only_smaller_sizes_are_encoded(
    alice, tmp_path
):
    size = pattern(70, "642x482", "10")
    content = made(tmp_path, "web.mp4", *size, *H264, "-g", "30")

    blob = processed(stored(alice, content))

    assert queries.state_of(blob) == ("ready", "", 100)
    source, smaller = blob.tracks.get(name="source"), blob.tracks.get(name="360")
    assert (source.width, source.height) == (642, 482)
    assert (smaller.width, smaller.height) == (480, 360)
    for track in (source, smaller):
        assert times(body(track)) == pytest.approx(times(content), abs=0.0002)
        assert sum(seconds for *_, seconds in track.segments) == pytest.approx(70)
