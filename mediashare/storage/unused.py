"""Delete the bytes of blobs that nobody refers to, and give the quota back.

A blob is doomed first, then its bytes go, then its row: whatever crashes in between is
finished by the next run, and a blob that is not doomed always has its bytes.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from mediashare.aws import s3
from mediashare.storage.models import Blob

# Between blob and item lies no moment, but a worker may still be busy with it.
SHORTEST_GRACE = timedelta(hours=1)
DELETED_AT_ONCE = 500


def delete_unused_blobs(*, now: datetime) -> int:
    """Delete what has been unused since before the grace period; how many."""
    grace = max(SHORTEST_GRACE, timedelta(seconds=settings.UPLOAD_CREDENTIALS_SECONDS))
    unused = Blob.objects.held().unreferenced().filter(created_at__lt=now - grace)
    for pk in unused.values_list("pk", flat=True)[:DELETED_AT_ONCE]:
        doom(pk, now=now)
    doomed = Blob.objects.filter(doomed_at__isnull=False)
    return sum(_delete(blob) for blob in doomed[:DELETED_AT_ONCE])


@transaction.atomic
def doom(pk: UUID, *, now: datetime) -> bool:
    """Mark a blob that nobody may refer to any more. False when somebody does."""
    # Locked first and asked in a second statement: whoever was about to refer to it has
    # committed by then and is seen.
    if not Blob.objects.select_for_update().held().filter(pk=pk).exists():
        return False
    return Blob.objects.unreferenced().filter(pk=pk).update(doomed_at=now) == 1


def _delete(blob: Blob) -> bool:
    s3.delete(bucket=settings.ORIGINALS_BUCKET, key=blob.key)
    s3.delete_prefix(bucket=settings.RENDITIONS_BUCKET, prefix=f"renditions/{blob.pk}/")
    with transaction.atomic():
        locked = Blob.objects.select_for_update().filter(pk=blob.pk).first()
        if locked is None:
            return False
        locked.owner.give_back(locked.size_bytes)
        locked.delete()
    return True
