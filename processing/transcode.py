"""Make the video that plays in every browser: copied when it can be, encoded when it must."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from mediashare.storage.models import Blob
from processing import probe, run, scratch, store
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job, MediaInfo, Rendition
from processing.reasons import VIDEO_DAMAGED, VIDEO_ENDS_EARLY, Refused
from processing.recipes import video

PROBE_LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=0)
# A copy is as large as its source and a little; an encoded one is bounded by its bit rate.
SPARE_FILE_BYTES = 4 * run.GIBIBYTE
CORES = 4


def transcode(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make one MP4 for browsers. Raises as `prepare.prepare` does."""
    blob, original, made = job.original, folder / "original", folder / "playable.mp4"
    scratch.fetch(blob, to=original, check=lease.check)
    source = video.video_from(
        run.call(probe.look_at_video, str(original), limits=PROBE_LIMITS, check=lease.check)
    )
    plan = _make(source, original, made, lease)
    seconds = run.call(probe.seconds_of, str(made), limits=PROBE_LIMITS, check=lease.check)
    if video.ends_early(made=seconds, promised=source.duration_seconds):
        raise Refused(VIDEO_ENDS_EARLY, f"{seconds:.1f} of {source.duration_seconds:.1f} s")
    size = (plan.width, plan.height)
    rendition = store.keep(store.VIDEO, blob, made, recipe=plan.recipe, size=size)
    return partial(_write_down, blob, rendition, source.duration_seconds or seconds)


def _make(source: video.Video, original: Path, made: Path, lease: Lease) -> video.Plan:
    """Run the first plan that works."""
    said = ""
    for plan in video.plans(source):
        try:
            run_ffmpeg(
                video.playable(str(original), str(made), video=source, plan=plan),
                limits=_limits(original),
                check=lease.check,
                on_line=partial(_note_progress, lease, source.duration_seconds),
            )
        except run.ProgramFailed as error:
            said = f"{said}\n{plan.recipe}: {error}"
        else:
            return plan
    raise Refused(VIDEO_DAMAGED, said)


def _note_progress(lease: Lease, seconds: float, line: str) -> None:
    percent = video.percent_done(line, seconds)
    if percent is not None:
        lease.note_progress(percent)


def _limits(original: Path) -> run.Limits:
    return run.Limits(
        wall_seconds=settings.VIDEO_MAX_SECONDS,
        cpu_seconds=settings.VIDEO_MAX_SECONDS * CORES,
        file_bytes=original.stat().st_size + SPARE_FILE_BYTES,
        niceness=10,
    )


def _write_down(blob: Blob, rendition: Rendition, seconds: float) -> None:
    store.save_rows([rendition])
    MediaInfo.objects.filter(blob=blob).update(duration_seconds=seconds)
