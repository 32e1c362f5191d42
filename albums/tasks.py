"""Doors to what the timer asks for. No work is done here."""

from celery import shared_task
from django.utils import timezone

from albums import trash


@shared_task
def empty_trash() -> None:
    """Hourly: delete what was in the trash for long enough. Twice is once."""
    trash.empty(timezone.now())
