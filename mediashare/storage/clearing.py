"""End uploads that come to nothing, and remove what they left in the bucket.

Each step may be done twice, late, or again after a crash: an upload counts as cleared only
once nobody can send to its key any more.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from mediashare.aws import multipart, s3
from mediashare.aws.client import Unavailable
from mediashare.storage import granting
from mediashare.storage.models import Upload

log = structlog.get_logger(__name__)

# A multipart upload gets its row at once; one without a row for so long never will.
STRAY_AFTER = timedelta(days=1)
# One run's work; the next run is minutes away.
ENDED_AT_ONCE = 500


def expire_uploads(*, now: datetime) -> int:
    """End the open uploads whose time is over; how many."""
    expired = Upload.objects.abandoned(now).select_related("owner").order_by("expires_at")
    return sum(give_up(upload, Upload.State.EXPIRED, now=now) for upload in expired[:ENDED_AT_ONCE])


def give_up(upload: Upload, state: Upload.State, *, now: datetime) -> bool:
    """End an open upload without a blob and give its reservation back. False when it had ended."""
    with transaction.atomic():
        ended = Upload.objects.open().filter(pk=upload.pk).update(state=state, ended_at=now)
        if ended:
            upload.owner.release(upload.size_bytes)
    if ended:
        try_to_remove_bytes_of(upload)
    return ended == 1


def remove_bytes_of(upload: Upload) -> None:
    """Remove the parts and the object of an upload whose key holds no blob."""
    bucket = settings.ORIGINALS_BUCKET
    if upload.multipart_id:
        multipart.drop(bucket=bucket, key=upload.key, multipart_id=upload.multipart_id)
    s3.delete(bucket=bucket, key=upload.key)


def try_to_remove_bytes_of(upload: Upload) -> None:
    """Remove them now if the store answers; otherwise `clear_leftovers` does it later."""
    try:
        remove_bytes_of(upload)
    except Unavailable as error:
        log.warning("upload_not_cleared_yet", upload=str(upload.pk), error=str(error))


def clear_leftovers(*, now: datetime) -> int:
    """Look once more at each ended upload when its credentials are dead; how many."""
    holds_its_blob = Q(state=Upload.State.COMPLETE, blob__key=F("key"))
    cleared = 0
    left = Upload.objects.leftover(now).exclude(holds_its_blob).order_by("ended_at")
    for upload in left[:ENDED_AT_ONCE]:
        remove_bytes_of(upload)
        Upload.objects.filter(pk=upload.pk).update(cleared_at=now)
        cleared += 1
    return cleared


def drop_stray_multiparts(*, now: datetime) -> int:
    """Drop old multipart uploads at S3 that no open upload knows; how many."""
    dropped = 0
    bucket = settings.ORIGINALS_BUCKET
    old = multipart.unfinished(
        bucket=bucket, prefix=granting.UPLOADS, begun_before=now - STRAY_AFTER
    )
    for found in old:
        if not Upload.objects.open().filter(multipart_id=found.multipart_id).exists():
            multipart.drop(bucket=bucket, key=found.key, multipart_id=found.multipart_id)
            dropped += 1
    return dropped
