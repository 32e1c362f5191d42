"""Sound files: what they are and how their cover looks, then one file that plays everywhere.

A cover is a stranger's picture: it is decoded in a child, and when that refuses there is none.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from processing import checksum, formats, photo, run, scratch, sound, store
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job, MediaInfo, Rendition
from processing.original import Original
from processing.reasons import SOUND_DAMAGED, SOUND_ENDS_EARLY, Refused
from processing.recipes import recording
from processing.recipes.formats import HEAD_BYTES, PHOTO
from processing.recipes.recording import Sound, Target
from processing.recipes.video import ends_early

log = structlog.get_logger(__name__)

LARGEST_PICTURES = 2**30
LARGEST_SOUND = 4 * run.GIBIBYTE
NO_PICTURES: dict[str, Any] = {"pictures": []}
# How far the job is when the original is here.
FETCHED_PERCENT = 10


def look_at(source: Original, folder: Path, lease: Lease) -> dict[str, Any]:
    """The facts of a sound file, and pictures of its cover. Raises as `prepare.prepare` does."""
    cover = folder / "cover"
    facts: dict[str, Any] = run.call(
        *(sound.look_at_sound, str(cover)),
        limits=_limits(settings.PHOTO_MAX_SECONDS, LARGEST_PICTURES),
        check=lease.check,
        source=source,
    )
    lease.note_progress(30)
    return {**facts, **(_pictures(cover, folder, lease) if cover.exists() else NO_PICTURES)}


def make_recording(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make the one file that plays everywhere. Raises as `prepare.prepare` does."""
    blob, wanted = job.original, recording.sound_from(job.arguments)
    original = folder / "original"
    digest = scratch.fetch(blob, to=original, check=lease.check)
    checksum.note_digest(blob, digest, now=timezone.now())
    lease.note_progress(FETCHED_PERCENT)
    made, target = _made(original, folder, wanted, lease)
    limits = _limits(settings.PHOTO_MAX_SECONDS, LARGEST_PICTURES)
    seconds = run.call(sound.seconds_of, str(made), limits=limits, check=lease.check)
    if not seconds:
        raise Refused(SOUND_DAMAGED, "nothing to be heard")
    kind = store.Kind(
        Rendition.Role.AUDIO, target.content_type, target.extension, recording.VERSION
    )
    kept = store.keep(kind, blob, made, recipe=recording.RECIPE, size=(0, 0))
    return partial(_write_down, job, kept, seconds, wanted)


def _made(original: Path, folder: Path, wanted: Sound, lease: Lease) -> tuple[Path, Target]:
    into = recording.copied_into(wanted)
    if into:
        made = folder / f"made.{into.extension}"
        asked = recording.copied(str(original), str(made), sound=wanted, into=into)
        try:
            _run(asked, wanted, lease)
        except run.ProgramFailed as error:
            # Some odd files cannot be copied, and can be encoded nevertheless.
            log.info("sound_not_copied", error=str(error))
        else:
            return made, into
    made = folder / f"made.{recording.MP4.extension}"
    try:
        _run(recording.encoded(str(original), str(made), sound=wanted), wanted, lease)
    except run.ProgramFailed as error:
        raise Refused(SOUND_DAMAGED, str(error)) from error
    return made, recording.MP4


def _run(arguments: list[str], wanted: Sound, lease: Lease) -> None:
    def note(reached: float) -> None:
        lease.note_share(reached, wanted.seconds, first=FETCHED_PERCENT)

    limits = _limits(settings.VIDEO_MAX_SECONDS, LARGEST_SOUND)
    run_ffmpeg(arguments, limits=limits, check=lease.check, on_seconds=note)


def _pictures(cover: Path, folder: Path, lease: Lease) -> dict[str, Any]:
    with cover.open("rb") as file:
        found = formats.format_of(file.read(HEAD_BYTES))
    if found is None or found.kind != PHOTO:
        return NO_PICTURES
    try:
        made: dict[str, Any] = run.call(
            photo.make_photo,
            *(str(cover), str(folder), found.name, settings.PHOTO_MAX_PIXELS),
            limits=_limits(settings.PHOTO_MAX_SECONDS, LARGEST_PICTURES),
            check=lease.check,
        )
    except Refused as refusal:
        log.info("cover_refused", reason=refusal.reason, detail=refusal.detail)
        return NO_PICTURES
    # Where and when its picture was taken says nothing of the sound.
    return {"pictures": made["pictures"], "thumbhash": made["thumbhash"]}


def _write_down(job: Job, kept: Rendition, seconds: float, wanted: Sound) -> None:
    store.save_rows([kept])
    # What was made of it: files say other lengths than they have, or none.
    MediaInfo.objects.filter(blob=job.original).update(duration_seconds=seconds)
    if wanted.is_promised and ends_early(made=seconds, promised=wanted.seconds):
        # What there is plays; and whoever looks is told why it stops.
        Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, reason=SOUND_ENDS_EARLY)


def _limits(seconds: int, file_bytes: int) -> run.Limits:
    return run.Limits(wall_seconds=seconds, cpu_seconds=seconds, file_bytes=file_bytes, niceness=10)
