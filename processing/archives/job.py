"""The work on an archive, in slices: list it, then write it part by part.

A slice ends after some minutes, and its successor waits for its turn as anybody's job does. A
worker that dies loses the part it was at; everything else is in rows and in the store.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mediashare.aws import multipart, s3
from mediashare.aws.client import AlreadyThere, NotFound
from processing import outbox, privacy, whereabouts
from processing.archives import listing, parts, writing
from processing.archives.models import Archive
from processing.lease import Lease, LeaseLost
from processing.models import Job, MediaInfo
from processing.reasons import BYTES_ARE_GONE, MORE_PLACES_KNOWN, PLACE_STAYS, Refused
from processing.recipes import versions, zip_layout

log = structlog.get_logger(__name__)

SLICE_SECONDS = 180
CONTENT_TYPE = "application/zip"
LOOKED_AT_ONCE = 500


class _SliceIsOver(Exception):
    """Others may have been waiting; the rest is another job."""


def archive(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Bring an archive further; what this gives back makes it ready or asks for the next slice.

    Raises Refused, and what the store and `lease.check` do.
    """
    made = Archive.objects.filter(pk=job.arguments["archive"]).first()
    if made is None:
        raise LeaseLost(f"the archive of job {job.pk} was given up")
    ends_at = time.monotonic() + SLICE_SECONDS
    try:
        _prepare(made, folder, lease, ends_at)
        _write(made, folder, lease, ends_at)
    except _SliceIsOver:
        return partial(_ask_for_more, made, job)
    return partial(_be_ready, made)


def _prepare(made: Archive, folder: Path, lease: Lease, ends_at: float) -> None:
    if made.listed_at is None:
        listing.write_down(made, lease)
    if made.looked_at is None:
        _look(made, folder, lease, ends_at)
    _expect_what_is_known_now(made)
    if not made.multipart_id:
        _begin(made, lease)


def _look(made: Archive, folder: Path, lease: Lease, ends_at: float) -> None:
    """Know of every file where its place is written, and leave out where nobody can know."""
    if not made.with_place:
        files = made.entries.filter(blob__isnull=False).select_related("blob__media_info")
        lost = []
        for row in files.iterator(chunk_size=LOOKED_AT_ONCE):
            info: MediaInfo | None = getattr(row.blob, "media_info", None)
            if info is not None and privacy.state_of(info) == "unknown":
                whereabouts.look(info, folder, lease)
                _end_slice_at(ends_at)
            if privacy.state_of(info) == "closed":
                lost.append((row.pk, PLACE_STAYS))
        if lost:
            listing.leave_out(made, lost, lease)
    made.looked_at = timezone.now()
    made.save(update_fields=["looked_at"])


def _expect_what_is_known_now(made: Archive) -> None:
    """One begun by less could not go on, and nobody would be given it (docs/decisions/0021)."""
    if not made.with_place:
        known = {"blob__media_info__privacy__version": versions.HIDING}
        if made.entries.filter(blob__isnull=False).exclude(**known).exists():
            raise Refused(MORE_PLACES_KNOWN, f"archive {made.pk}")


def _begin(made: Archive, lease: Lease) -> None:
    made.multipart_id = multipart.begin(
        bucket=settings.RENDITIONS_BUCKET, key=made.key, content_type=CONTENT_TYPE, metadata={}
    )
    made.begun_at = timezone.now()
    with transaction.atomic():
        lease.hold()
        made.save(update_fields=["multipart_id", "begun_at"])


def _write(made: Archive, folder: Path, lease: Lease, ends_at: float) -> None:
    while step := _next_step(made):
        lease.check()
        lease.note_progress(made.percent)
        try:
            sha256 = writing.write_part(
                made, step.part, is_kept=step.is_kept, folder=folder, lease=lease
            )
        except writing.EntryLost as lost:
            _begin_without_the_lost(made, lost, lease)
            continue
        except NotFound:
            # As when who began it anew was stopped between the old parts' end and the new ones'.
            _expect_the_whole(made, lease)
            return
        _note(made, step, sha256)
        if _next_step(made):
            _end_slice_at(ends_at)
    _join(made, lease)


@transaction.atomic
def _note(made: Archive, step: zip_layout.Step, sha256: str) -> None:
    here = Archive.objects.filter(pk=made.pk, steps_done=made.steps_done)
    if not here.update(steps_done=made.steps_done + 1):
        raise LeaseLost(f"archive {made.pk} is at another step")
    if step.is_kept:
        made.parts.update_or_create(number=step.part + 1, defaults={"sha256": sha256})
    made.steps_done += 1


def _next_step(made: Archive) -> zip_layout.Step | None:
    return zip_layout.step(
        made.steps_done, parts=made.cut.part_count, directory_part=made.directory_part
    )


def _begin_without_the_lost(made: Archive, lost: writing.EntryLost, lease: Lease) -> None:
    """Everything behind a missing file would stand elsewhere: lay it out anew, and begin again."""
    log.warning("archive_entry_lost", archive=str(made.pk), blob=str(lost.entry.blob_id))
    files = list(made.entries.filter(blob__isnull=False).values_list("pk", "blob__key"))
    # Of one owner's library, and of folders.
    places = {"/".join(key.split("/")[:2]) + "/" for _, key in files}
    bucket = settings.ORIGINALS_BUCKET
    kept = {key for place in places for key in s3.keys(bucket=bucket, prefix=place)}
    gone = [pk for pk, key in files if key not in kept]
    listing.leave_out(made, [(pk, BYTES_ARE_GONE) for pk in gone or [lost.entry.pk]], lease)
    parts.drop(made)
    _begin(made, lease)


def _join(made: Archive, lease: Lease) -> None:
    where = {"bucket": settings.RENDITIONS_BUCKET, "key": made.key}
    try:
        stored = multipart.stored_parts(**where, multipart_id=made.multipart_id)
        whole = _checked(made, stored)
        multipart.join(**where, multipart_id=made.multipart_id, parts=whole)
    except AlreadyThere:
        return
    except NotFound:
        _expect_the_whole(made, lease)


def _checked(made: Archive, stored: list[multipart.StoredPart]) -> list[multipart.StoredPart]:
    """The parts to join, with their digests. Raises NotFound when they are not all there."""
    # A store may list a part twice that was sent twice.
    held = {part.number: part for part in stored}
    sizes = {number: made.cut.size_of(number) for number in range(1, made.cut.part_count + 1)}
    if {number: part.size_bytes for number, part in held.items()} != sizes:
        # Somebody dropped them, as a bucket's own rules may after days.
        raise NotFound(f"parts of archive {made.pk}")
    sha256 = dict(made.parts.values_list("number", "sha256"))
    return [replace(held[number], sha256=sha256[number]) for number in sizes]


def _expect_the_whole(made: Archive, lease: Lease) -> None:
    """A join whose answer was lost has left the object; otherwise all is written again."""
    try:
        if s3.head(bucket=settings.RENDITIONS_BUCKET, key=made.key).size_bytes == made.size_bytes:
            return
    except NotFound:
        pass
    made.multipart_id, made.steps_done = "", 0
    with transaction.atomic():
        lease.hold()
        made.save(update_fields=["multipart_id", "steps_done"])
    raise _SliceIsOver


def _end_slice_at(ends_at: float) -> None:
    if time.monotonic() > ends_at:
        raise _SliceIsOver


def _ask_for_more(made: Archive, job: Job) -> None:
    made.job = outbox.request_job_of(
        made.owner, kind=Job.Kind.ARCHIVE, lane=Job.Lane(job.lane), arguments=job.arguments
    )
    made.save(update_fields=["job"])


def _be_ready(made: Archive) -> None:
    now = timezone.now()
    made.ready_at = now
    made.expires_at = now + timedelta(hours=settings.ARCHIVE_HOURS)
    made.save(update_fields=["ready_at", "expires_at"])
    made.entries.all().delete()
    made.parts.all().delete()
