"""Doors to what the timer asks for. No work is done here."""

from celery import shared_task
from django.utils import timezone

from mediashare.storage import clearing, unused


@shared_task
def expire_uploads() -> None:
    """Every five minutes: end abandoned uploads and remove what they left. Twice is once."""
    now = timezone.now()
    clearing.expire_uploads(now=now)
    clearing.clear_leftovers(now=now)
    clearing.drop_stray_multiparts(now=now)


@shared_task
def delete_unused_blobs() -> None:
    """Hourly: delete bytes that nobody refers to, and give the quota back. Twice is once."""
    unused.delete_unused_blobs(now=timezone.now())
