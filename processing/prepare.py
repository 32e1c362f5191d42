"""Find out what a blob is, and make its pictures. The first job of every blob."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from mediashare.storage.models import Blob
from processing import (
    circumstances,
    footage,
    formats,
    joining,
    outbox,
    photographs,
    recordings,
    store,
)
from processing.lease import Lease
from processing.models import Job, MediaInfo, Rendition
from processing.original import Original
from processing.reasons import NOT_MEDIA, Refused
from processing.recipes import ladder
from processing.recipes.formats import HEAD_BYTES

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
    original = Original(blob, check=lease.check)
    fetched = photographs.fetch(blob, folder, lease) if photographs.seems_one(blob) else None
    head = fetched.head if fetched else original.read_at(0, HEAD_BYTES)
    format_ = formats.format_of(head)
    if format_ is None:
        raise Refused(NOT_MEDIA, "by its first bytes")
    if format_.kind == MediaInfo.Kind.AUDIO:
        found = recordings.look_at(original, folder, lease)
        renditions = _keep(blob, found["pictures"], folder)
    elif format_.kind == MediaInfo.Kind.VIDEO:
        found = footage.look_at(original, folder, lease)
        renditions = _keep(blob, found["pictures"], folder)
    else:
        fetched = fetched or photographs.fetch(blob, folder, lease)
        found, renditions = photographs.look_at(blob, fetched, format_, lease)
    found |= circumstances.settled(
        found,
        name=str(job.arguments.get("name", "")),
        modified_at=_moment(job.arguments.get("modified_at")),
        uploaded_at=blob.created_at,
    )
    return partial(_write_down, job, found, renditions)


def _keep(blob: Blob, made: list[Any], folder: Path) -> list[Rendition]:
    return [
        store.keep_picture(blob, folder, recipe, (width, height))
        for recipe, width, height, _ in made
    ]


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _write_down(job: Job, found: dict[str, Any], renditions: list[Rendition]) -> None:
    blob = job.original
    values = {name: found[name] for name in FACTS if name in found}
    is_sound = found["kind"] == MediaInfo.Kind.AUDIO
    if is_sound and blob.renditions.filter(role=Rendition.Role.AUDIO).exists():
        # How long a sound is, what was made of it knows better.
        values.pop("duration_seconds")
    MediaInfo.objects.bulk_create(
        [MediaInfo(blob=blob, **values)],
        update_conflicts=True,
        unique_fields=["blob"],
        update_fields=list(values),
    )
    store.save_rows(renditions)
    if found["kind"] == MediaInfo.Kind.VIDEO:
        joining.begin(job, ladder.plan(ladder.video_from(found), found["key_frames"]))
        outbox.request_next(job, kind=Job.Kind.PREVIEWS)
        if found["live_id"]:
            outbox.request_next(job, kind=Job.Kind.MOTION, arguments={"live": found["live_id"]})
        if blob.sha256_checked_at is None:
            outbox.request_next(job, kind=Job.Kind.VERIFY)
    elif is_sound:
        outbox.request_next(job, kind=Job.Kind.RECORDING, arguments=found["sound"])
    elif found["moving"] or found["is_animated"]:
        outbox.request_next(job, kind=Job.Kind.MOTION, arguments={"moving": found["moving"]})
    elif found["live_id"]:
        outbox.request_next(job, kind=Job.Kind.MOTION, arguments={"live": found["live_id"]})
