"""Doors to what the timer asks for. No work is done here."""

from celery import shared_task
from django.utils import timezone

from albums import takeout_mail, trash
from albums.similar import matching


@shared_task
def empty_trash() -> None:
    """Hourly: delete what was in the trash for long enough. Twice is once."""
    trash.empty(timezone.now())


@shared_task
def tell_of_takeouts() -> None:
    """Every minute: write to whoever's takeout is ready. Twice is once."""
    takeout_mail.send_all(now=timezone.now())


@shared_task
def find_similar() -> None:
    """Every quarter minute: compare photos that are new with all others of their owners."""
    matching.compare_all_new()
