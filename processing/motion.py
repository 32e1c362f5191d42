"""Make what moves in a photo playable: an animation, or the film that belongs to a moving photo.

A photo is shown without it, so it is a job of its own, and its failure is not the photo's. The
film is in the photo's own file, or, of a Live Photo, a file of its own: each of the two has a job
then, and the one that comes when both are there makes it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from mediashare.storage.models import Blob
from processing import probe, run, scratch, store
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job, MediaInfo
from processing.reasons import MOTION_DAMAGED, Refused
from processing.recipes import motion

LARGEST_BYTES = 2**28


class Parts(NamedTuple):
    """The photo, where its film is, and which bytes of that; an animation is its own film."""

    photo: Blob
    film: Blob
    extent: tuple[int, int] | None
    is_film: bool


def make_motion(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make one small MP4. Of a moving photo only the film is fetched. Raises as `prepare` does."""
    parts = _parts(job)
    if parts is None:
        return _nothing_yet
    source, made = folder / "source", folder / "made.mp4"
    if parts.extent:
        scratch.fetch_part(parts.film, *parts.extent, to=source, check=lease.check)
    else:
        scratch.fetch(parts.film, to=source, check=lease.check)
    track = run.call(probe.moving_track, str(source), limits=_limits(), check=lease.check)
    ask = motion.playable(str(source), str(made), track=track, has_sound=parts.is_film)
    try:
        run_ffmpeg(ask, limits=_limits(), check=lease.check)
    except run.ProgramFailed as error:
        raise Refused(MOTION_DAMAGED, str(error)) from error
    seen = run.call(probe.look_at_video, str(made), limits=_limits(), check=lease.check)
    rendition = store.keep(
        store.MOTION,
        parts.photo,
        made,
        recipe=motion.MOTION if parts.is_film else motion.ANIMATION,
        size=(seen["width"], seen["height"]),
    )
    return partial(store.save_rows, [rendition])


def _parts(job: Job) -> Parts | None:
    """None when the other half of a Live Photo is not there yet, or not any more."""
    blob = job.original
    if "live" not in job.arguments:
        extent = job.arguments["moving"]
        return Parts(blob, blob, extent, is_film=bool(extent))
    halves = MediaInfo.objects.filter(
        live_id=job.arguments["live"],
        blob__owner=blob.owner_id,
        blob__doomed_at=None,
        # A phone's lasts three seconds; no worker fetches an hour because it claims to be one.
        blob__size_bytes__lte=LARGEST_BYTES,
    )
    by_kind = {half.kind: half.blob for half in halves.select_related("blob").order_by("-blob")}
    photo, film = by_kind.get(MediaInfo.Kind.PHOTO), by_kind.get(MediaInfo.Kind.VIDEO)
    return Parts(photo, film, None, is_film=True) if photo and film else None


def _nothing_yet() -> None:
    """The other half has a job of its own when it comes."""


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.PHOTO_MAX_SECONDS,
        cpu_seconds=settings.PHOTO_MAX_SECONDS,
        file_bytes=LARGEST_BYTES,
    )
