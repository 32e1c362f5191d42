"""Doors to what the timer asks for. No work is done here."""

from celery import shared_task
from django.utils import timezone

from processing.archives import sweeping


@shared_task
def remove_expired() -> None:
    """Hourly: delete archives whose time is over. Twice is once."""
    sweeping.sweep(now=timezone.now())
