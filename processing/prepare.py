"""Find out what a blob is, and make its pictures. The first job of every blob."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from mediashare.storage.models import Blob
from processing import (
    checksum,
    circumstances,
    footage,
    formats,
    joining,
    outbox,
    photo,
    recordings,
    run,
    scratch,
    store,
)
from processing.lease import Lease
from processing.models import Job, MediaInfo, Rendition
from processing.original import Original
from processing.reasons import NOT_MEDIA, Refused
from processing.recipes import ladder, pictures
from processing.recipes.formats import HEAD_BYTES, Format

LARGEST_PICTURES = 2**30
FACTS = [
    "kind",
    "format",
    "codec",
    "width",
    "height",
    "duration_seconds",
    "thumbhash",
    "is_animated",
    "phash",
    *circumstances.FIELDS,
]


def prepare(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Read the original once; pictures, facts and the wish for what follows, as a video's stream.

    What it gives back writes the rows, in the transaction that ends the job.
    Raises Refused, scratch.NoRoom, run.DiskFull, run.ChildDied, mediashare.aws.client.Unavailable.
    """
    blob = job.original
    source = Original(blob, check=lease.check)
    format_ = formats.format_of(source.read_at(0, HEAD_BYTES))
    if format_ is None:
        raise Refused(NOT_MEDIA, "by its first bytes")
    if format_.kind == MediaInfo.Kind.AUDIO:
        found = recordings.look_at(source, folder, lease)
    elif format_.kind == MediaInfo.Kind.VIDEO:
        found = footage.look_at(source, folder, lease)
    else:
        found = _look_at_photo(blob, format_, folder, lease)
    found |= circumstances.settled(
        found,
        name=str(job.arguments.get("name", "")),
        modified_at=_moment(job.arguments.get("modified_at")),
        uploaded_at=blob.created_at,
    )
    return partial(_write_down, job, found, _keep(blob, found["pictures"], folder))


def _keep(blob: Blob, made: list[Any], folder: Path) -> list[Rendition]:
    """Store pictures. A child that read a hostile file names them: only what there can be counts,
    for a name becomes a key."""
    if not {recipe for recipe, *_ in made} <= pictures.RECIPES:
        raise ValueError(f"no such pictures: {made}")
    return [
        store.keep(
            store.PICTURE, blob, folder / f"{recipe}.jpg", recipe=recipe, size=(width, height)
        )
        for recipe, width, height, _ in made
    ]


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _look_at_photo(blob: Blob, found: Format, folder: Path, lease: Lease) -> dict[str, Any]:
    original = folder / "original"
    digest = scratch.fetch(blob, to=original, check=lease.check)
    checksum.note_digest(blob, digest, now=timezone.now())
    answer: dict[str, Any] = run.call(
        photo.make_photo,
        *(str(original), str(folder), found.name, settings.PHOTO_MAX_PIXELS),
        limits=_limits(),
        check=lease.check,
    )
    return answer


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.PHOTO_MAX_SECONDS,
        cpu_seconds=settings.PHOTO_MAX_SECONDS,
        file_bytes=LARGEST_PICTURES,
    )


def _write_down(job: Job, found: dict[str, Any], renditions: list[Rendition]) -> None:
    blob = job.original
    values = {name: found[name] for name in FACTS if name in found}
    if blob.renditions.filter(role=Rendition.Role.AUDIO).exists():
        # How long a sound is, what was made of it knows better.
        values.pop("duration_seconds")
    MediaInfo.objects.update_or_create(blob=blob, defaults=values)
    store.save_rows(renditions)
    if found["kind"] == MediaInfo.Kind.VIDEO:
        joining.begin(job, ladder.plan(ladder.video_from(found), found["key_frames"]))
        outbox.request_next(job, kind=Job.Kind.PREVIEWS)
        if blob.sha256_checked_at is None:
            outbox.request_next(job, kind=Job.Kind.VERIFY)
    elif found["kind"] == MediaInfo.Kind.AUDIO:
        outbox.request_next(job, kind=Job.Kind.RECORDING, arguments=found["sound"])
    elif found["moving"] or found["is_animated"]:
        outbox.request_next(job, kind=Job.Kind.MOTION, arguments={"moving": found["moving"]})
