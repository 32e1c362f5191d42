"""Compare what was stored with what was declared, and with what its owner has already."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from mediashare.aws import s3
from mediashare.aws.client import NotFound
from mediashare.storage import duplicates
from mediashare.storage.models import Blob
from processing import signals
from processing.models import Job
from processing.reasons import CHANGED, DUPLICATE, Refused


class Duplicate(Exception):
    """The owner has these bytes already; nothing need be made of this blob."""

    def __init__(self, blob: Blob, held: Blob) -> None:
        super().__init__(f"{blob.pk} is {held.pk}")
        self._blob, self._held = blob, held

    def give_way(self) -> None:
        """For the transaction that ends the job: let everybody refer to the other blob."""
        held = duplicates.give_way(self._blob, to=self._held)
        waiting = Job.objects.filter(blob=self._blob, state=Job.State.WAITING)
        waiting.update(state=Job.State.CANCELLED, reason=DUPLICATE, ended_at=timezone.now())
        signals.duplicate.send(sender=Job, blob=self._blob, held=held)


def note_digest(blob: Blob, digest: str, *, now: datetime) -> None:
    """Remember the SHA-256 that was found.

    Raises Duplicate when the owner has the same bytes, Refused when another digest was declared.
    """
    declared = blob.sha256
    held = blob.note_digest(digest, now=now)
    while held is not None and not _is_stored(held):
        held.forget_digest()
        held = blob.note_digest(digest, now=now)
    if held is not None:
        raise Duplicate(blob, held)
    if declared not in {"", digest}:
        raise Refused(CHANGED, f"declared {declared}, found {digest}")


def _is_stored(blob: Blob) -> bool:
    """Whether the store still has it: good bytes never give way to lost ones."""
    try:
        stored = s3.head(bucket=settings.ORIGINALS_BUCKET, key=blob.key)
    except NotFound:
        return False
    return stored.size_bytes == blob.size_bytes
