"""What other apps say, and what albums does about it."""

from typing import Any

from django.dispatch import receiver

from albums import actions
from mediashare.storage.models import Blob
from processing.models import Job
from processing.signals import processed


@receiver(processed, dispatch_uid="albums.copy_into_items")
def copy_into_items(sender: type[Job], *, blob: Blob | None, **more: Any) -> None:
    """In the transaction that ends the job, so that both are kept or neither."""
    if blob is not None:
        actions.note_processed(blob=blob)
