"""Give up what nobody sends or uses any more, and give its room back. Twice is once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from mediashare.aws import multipart, s3
from mediashare.storage.clearing import STRAY_AFTER
from mediashare.storage.models import Blob
from sync.server.models import Act, FolderBlob, Incoming

SWEPT_AT_ONCE = 500
FOLDERS = "folders/"
# How long the message of an act may wait for its turn.
PATIENCE = timedelta(minutes=5)


def expire_incoming(*, now: datetime) -> int:
    """End leaves to send that are over, and remove what was sent with them; how many."""
    expired = Incoming.objects.expired(now).select_related("folder__owner").order_by("expires_at")
    rows = list(expired[:SWEPT_AT_ONCE])
    for incoming in rows:
        _end(incoming, now)
        _remove_bytes_of(incoming)
        # Last, so that what a crash left is found again.
        Incoming.objects.expired(now).filter(pk=incoming.pk).delete()
    return len(rows)


@transaction.atomic
def _end(incoming: Incoming, now: datetime) -> None:
    """Give its room back, unless somebody went on with it or it is settled meanwhile."""
    if Incoming.objects.open().expired(now).filter(pk=incoming.pk).update(ended_at=now):
        incoming.folder.owner.release(incoming.size_bytes)


def _remove_bytes_of(incoming: Incoming) -> None:
    row = Incoming.objects.filter(pk=incoming.pk, ended_at__isnull=False)
    if not row.exists() or Blob.objects.filter(key=incoming.key).exists():
        return
    bucket = settings.ORIGINALS_BUCKET
    if incoming.multipart_id:
        multipart.drop(bucket=bucket, key=incoming.key, multipart_id=incoming.multipart_id)
    s3.delete(bucket=bucket, key=incoming.key)


def forget_unused(*, now: datetime) -> int:
    """Let go of contents that were sent and never named by a change; how many."""
    since = now - timedelta(hours=settings.UPLOAD_EXPIRY_HOURS)
    unused = FolderBlob.objects.filter(used_at=None, created_at__lt=since)
    some = unused.values_list("pk", flat=True)[:SWEPT_AT_ONCE]
    # Asked once more by the statement itself: a commit may have begun to use one.
    return unused.filter(pk__in=list(some)).delete()[0]


def drop_stray_multiparts(*, now: datetime) -> int:
    """Drop old multipart uploads of folders that nobody was given; how many."""
    dropped = 0
    bucket = settings.ORIGINALS_BUCKET
    for found in multipart.unfinished(
        bucket=bucket, prefix=FOLDERS, begun_before=now - STRAY_AFTER
    ):
        if not Incoming.objects.filter(multipart_id=found.multipart_id).exists():
            multipart.drop(bucket=bucket, key=found.key, multipart_id=found.multipart_id)
            dropped += 1
    return dropped


def forgotten_acts(*, now: datetime) -> list[UUID]:
    """Acts that nobody is at, since a message or a worker was lost. Old ones are over and go."""
    Act.objects.filter(
        ended_at__isnull=False, created_at__lt=now - timedelta(days=settings.TRASH_DAYS)
    ).delete()
    waiting = Act.objects.free(now).filter(created_at__lt=now - PATIENCE)
    return list(waiting.values_list("pk", flat=True)[:SWEPT_AT_ONCE])
