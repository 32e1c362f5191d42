"""Doors to what the timer asks for. No work is done here."""

from celery import shared_task
from django.utils import timezone

from sync.server import sweeping


@shared_task
def sweep() -> None:
    """Every five minutes: end what was begun and left, and give its room back. Twice is once."""
    now = timezone.now()
    sweeping.expire_incoming(now=now)
    sweeping.forget_unused(now=now)
    sweeping.drop_stray_multiparts(now=now)
