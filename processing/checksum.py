"""Compare what was stored with what was declared, once its bytes have been read anyway."""

from datetime import datetime

from django.db import IntegrityError, transaction

from mediashare.storage.models import Blob
from processing.reasons import CHANGED, Refused


def note_digest(blob: Blob, digest: str, *, now: datetime) -> None:
    """Remember the SHA-256 that was found. Raises Refused when another one was declared."""
    if blob.sha256 and blob.sha256 != digest:
        raise Refused(CHANGED, f"declared {blob.sha256}, found {digest}")
    row = Blob.objects.filter(pk=blob.pk)
    try:
        with transaction.atomic():
            row.update(sha256=digest, sha256_checked_at=now)
    except IntegrityError:
        # The owner has another blob of the same bytes; that one keeps the digest.
        row.update(sha256_checked_at=now)
