"""Make what moves in a photo playable: an animation, or the film inside a moving photo.

A photo is shown without it, so it is a job of its own, and its failure is not the photo's.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from processing import probe, run, scratch, store
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job
from processing.reasons import MOTION_DAMAGED, Refused
from processing.recipes import motion

LARGEST_BYTES = 2**28


def make_motion(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make one small MP4. Of a moving photo only the film is fetched. Raises as `prepare` does."""
    source, made = folder / "source", folder / "made.mp4"
    moving = job.arguments["moving"]
    if moving:
        scratch.fetch_part(job.original, *moving, to=source, check=lease.check)
    else:
        scratch.fetch(job.original, to=source, check=lease.check)
    track = run.call(probe.moving_track, str(source), limits=_limits(), check=lease.check)
    ask = motion.playable(str(source), str(made), track=track, has_sound=bool(moving))
    try:
        run_ffmpeg(ask, limits=_limits(), check=lease.check)
    except run.ProgramFailed as error:
        raise Refused(MOTION_DAMAGED, str(error)) from error
    seen = run.call(probe.look_at_video, str(made), limits=_limits(), check=lease.check)
    rendition = store.keep(
        store.MOTION,
        job.original,
        made,
        recipe=motion.MOTION if moving else motion.ANIMATION,
        size=(seen["width"], seen["height"]),
    )
    return partial(store.save_rows, [rendition])


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.PHOTO_MAX_SECONDS,
        cpu_seconds=settings.PHOTO_MAX_SECONDS,
        file_bytes=LARGEST_BYTES,
    )
