"""Look at a video through a few of its pieces: facts, and a poster of its first key frames."""

from pathlib import Path
from typing import Any

from django.conf import settings

from processing import excerpt, photo, probe, recordings, run
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.original import Original
from processing.reasons import VIDEO_DAMAGED, Refused
from processing.recipes import ladder, previews

LARGEST_FILE = 2**30


def look_at(source: Original, folder: Path, lease: Lease) -> dict[str, Any]:
    """The facts of a video, and its poster as files; for sound alone, what `recordings` says.

    Raises as `prepare.prepare` does.
    """
    limits = _limits()
    facts = run.call(probe.look_at_video, limits=limits, check=lease.check, source=source)
    if facts["kind"] == "audio":
        return recordings.look_at(source, folder, lease)
    lease.note_progress(30)
    frames, frame = folder / "frames", folder / "frame.png"
    times = previews.poster_times(facts["key_frames"], facts["duration_seconds"])
    run.call(
        *(excerpt.write_key_frames, str(frames), times),
        limits=limits,
        check=lease.check,
        source=source,
    )
    video = ladder.video_from(facts)
    try:
        run_ffmpeg(
            previews.poster(str(frames), str(frame), video=video), limits=limits, check=lease.check
        )
    except run.ProgramFailed as error:
        raise Refused(VIDEO_DAMAGED, str(error)) from error
    if not frame.exists():
        raise Refused(VIDEO_DAMAGED, "no frame for a poster")
    made = run.call(photo.make_poster, str(frame), str(folder), limits=limits, check=lease.check)
    # The frame may have been made smaller; the size of a video is that of its picture track.
    return {**made, **facts}


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.PHOTO_MAX_SECONDS,
        cpu_seconds=settings.PHOTO_MAX_SECONDS,
        file_bytes=LARGEST_FILE,
    )
