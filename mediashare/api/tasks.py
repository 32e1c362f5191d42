"""Doors to what the timer asks for. No work is done here."""

from celery import shared_task
from django.utils import timezone

from mediashare.api import idempotency


@shared_task
def forget_answers() -> None:
    """Hourly: forget answers that nobody will ask for again. Twice is once."""
    idempotency.forget_old_answers(now=timezone.now())
