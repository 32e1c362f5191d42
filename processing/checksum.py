"""Compare what was stored with what was declared, once its bytes have been read anyway."""

from datetime import datetime

from mediashare.storage.models import Blob
from processing.reasons import CHANGED, Refused


def note_digest(blob: Blob, digest: str, *, now: datetime) -> None:
    """Remember the SHA-256 that was found. Raises Refused when another one was declared."""
    if not blob.note_digest(digest, now=now):
        raise Refused(CHANGED, f"declared {blob.sha256}, found {digest}")
