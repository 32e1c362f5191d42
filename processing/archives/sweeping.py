"""Remove archives whose time is over, and bytes in the store that no archive knows.

Each step may be done twice, late, or again after a crash.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from mediashare.aws import multipart, s3
from processing.archives import actions
from processing.archives.models import Archive

PREFIX = "archives/"
# A multipart upload gets into its archive's row at once; renditions are sent within hours.
STRAY_AFTER = timedelta(days=1)


def sweep(*, now: datetime) -> int:
    """Delete what expired and what was left behind; how many archives expired."""
    expired = list(Archive.objects.expired(now).select_related("job"))
    for archive in expired:
        actions.give_up(archive=archive)
    _delete_strays()
    _drop_stray_multiparts(now)
    return len(expired)


def _delete_strays() -> None:
    """Objects that a worker finished just after their archive was given up."""
    for key in s3.keys(bucket=settings.RENDITIONS_BUCKET, prefix=PREFIX):
        archive_id = _id_in(key)
        if archive_id is None or not Archive.objects.filter(pk=archive_id).exists():
            s3.delete(bucket=settings.RENDITIONS_BUCKET, key=key)


def _drop_stray_multiparts(now: datetime) -> None:
    bucket = settings.RENDITIONS_BUCKET
    for found in multipart.unfinished(bucket=bucket, begun_before=now - STRAY_AFTER):
        if not Archive.objects.filter(multipart_id=found.multipart_id, ready_at=None).exists():
            multipart.drop(bucket=bucket, key=found.key, multipart_id=found.multipart_id)


def _id_in(key: str) -> UUID | None:
    try:
        return UUID(key.removeprefix(PREFIX).partition("/")[0])
    except ValueError:
        return None
