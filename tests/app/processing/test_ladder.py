"""Videos become tracks for streaming, in pieces that fit to the frame, whatever people have."""

import io
from pathlib import Path

import av
import pytest
from PIL import Image

from mediashare.storage.models import Blob
from processing import actions, queries, reasons, run, work
from processing.ffmpeg import run_ffmpeg
from processing.models import Job
from processing.recipes import ladder
from tests.app.processing.originals import body, picture, processed, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
TONE = ["-f", "lavfi", "-i", "sine=duration=12"]
VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def made(folder: Path, name: str, *arguments: str) -> bytes:
    """A file that ffmpeg makes of its own test pictures."""
    target = folder / name
    run_ffmpeg(["-v", "error", *arguments, "-y", str(target)], limits=LIMITS, check=lambda: None)
    return target.read_bytes()


def pattern(seconds: float = 12, size: str = "320x180", rate: str = "30") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=duration={seconds}:size={size}:rate={rate}"]


def times(content: bytes) -> list[float]:
    """When each frame is shown, in seconds from the beginning of the file."""
    with av.open(io.BytesIO(content), "r") as file:
        zero = (file.start_time or 0) / 1e6
        return [frame.time - zero for frame in file.decode(video=0)]


def test_a_video_that_every_browser_plays_is_copied_and_only_smaller_sizes_are_encoded(
    alice, tmp_path
):
    content = made(tmp_path, "web.mp4", *pattern(25, "642x482", "5"), *H264, "-g", "15")

    blob = processed(stored(alice, content))

    assert queries.state_of(blob) == ("ready", "", 100)
    source, smaller = blob.tracks.get(name="source"), blob.tracks.get(name="360")
    assert (source.width, source.height) == (642, 482)
    assert (smaller.width, smaller.height) == (480, 360)
    for track in (source, smaller):
        assert times(body(track)) == pytest.approx(times(content), abs=0.0002)
        assert sum(seconds for *_, seconds in track.segments) == pytest.approx(25)


def test_a_video_that_browsers_do_not_play_gets_a_small_size_first(alice, tmp_path):
    content = made(tmp_path, "vp9.webm", *pattern(3, "960x540", "10"), *TONE, *VP9, "-shortest")
    blob = stored(alice, content)

    first = one_after_another(blob)

    sizes = [(track.name, track.width, track.height) for track in blob.tracks.order_by("width")]
    assert sizes == [("audio", 0, 0), ("360", 640, 360), ("540", 960, 540)]
    assert first.index("360") < first.index("540")
    for track in blob.tracks.exclude(width=0):
        assert times(body(track)) == pytest.approx(times(content), abs=0.0011)


def test_the_sound_begins_with_the_picture_and_lasts_as_long(alice, tmp_path):
    content = made(tmp_path, "sound.mp4", *pattern(3, rate="10"), *TONE, *H264, "-shortest")

    blob = processed(stored(alice, content))

    with av.open(io.BytesIO(body(blob.tracks.get(name="audio"))), "r") as sound:
        frames = list(sound.decode(audio=0))
    assert frames[0].time == pytest.approx(0, abs=0.001)
    assert frames[-1].time == pytest.approx(3, abs=0.1)


def test_a_video_has_a_preview_that_moves_and_a_sheet_for_seeking(alice, tmp_path):
    blob = processed(
        stored(alice, made(tmp_path, "v.mp4", *pattern(9, rate="10"), *H264, "-g", "10"))
    )

    sheet = blob.renditions.get(role="storyboard")
    assert sheet.sheet == {"columns": 5, "width": 160, "height": 90, "starts": [0, 2, 4, 6, 8]}
    with Image.open(io.BytesIO(picture(blob, "storyboard"))) as opened:
        assert opened.size == (sheet.width, sheet.height) == (800, 90)
    with av.open(io.BytesIO(picture(blob, "hover")), "r") as hover:
        assert not hover.streams.audio
        assert 2 < (hover.duration or 0) / av.time_base < 4


def test_a_video_that_cannot_be_copied_after_all_is_encoded(alice, tmp_path, monkeypatch):
    monkeypatch.setattr(ladder, "COPY_CHUNK_SECONDS", 1.0)
    open_groups = ["-bf", "3", "-x264-params", "open-gop=1:keyint=24"]
    content = made(tmp_path, "open.mp4", *pattern(3, "160x90", "30"), *H264, *open_groups)

    blob = processed(stored(alice, content))

    assert queries.state_of(blob) == ("ready", "", 100)
    (track,) = blob.tracks.all()
    assert track.name == "90"
    assert times(body(track)) == pytest.approx(times(content), abs=0.0002)


def test_what_there_is_of_a_video_plays_and_whoever_looks_is_told_that_it_ends_early(
    alice, tmp_path
):
    front = ["-g", "10", "-movflags", "+faststart"]
    whole = made(tmp_path, "whole.mp4", *pattern(40, "160x90", "10"), *H264, *front)

    blob = processed(stored(alice, whole[: len(whole) // 2]))

    assert queries.state_of(blob) == ("failed", reasons.VIDEO_ENDS_EARLY, 100)
    (track,) = blob.tracks.all()
    assert 15 < sum(seconds for *_, seconds in track.segments) < 25


def test_a_video_whose_bytes_are_not_what_was_declared_is_said_to_be_so(alice, tmp_path):
    content = made(tmp_path, "v.mp4", *pattern(1, "160x90", "10"), *H264)

    blob = processed(stored(alice, content, sha256="0" * 64))

    assert queries.state_of(blob) == ("failed", reasons.CHANGED, 100)


def test_made_twice_a_piece_has_the_same_bytes(alice, tmp_path):
    content = made(tmp_path, "v.mp4", *pattern(2, "160x90", "10"), "-c:v", "mpeg4")
    blob = processed(stored(alice, content))
    (track,) = blob.tracks.all()
    before = body(track)

    Job.objects.filter(blob=blob, kind="segment").update(state="waiting")
    processed(blob)

    assert body(blob.tracks.get()) == before


def one_after_another(blob: Blob) -> list[str]:
    """Every job, and in which order tracks appeared."""
    actions.request_processing(blob=blob)
    seen: list[str] = []
    while lane := blob.jobs.filter(state="waiting").values_list("lane", flat=True).first():
        work.do_next(lane)
        new = blob.tracks.exclude(name__in=seen).order_by("name")
        seen += new.values_list("name", flat=True)
    return seen
