"""Doors to what the timer asks for. No work is done here."""

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from mediashare.accounts import linking


@shared_task
def forget_sessions() -> None:
    """Hourly: forget sessions that are over. Each stranger with a share link begins one."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task
def forget_device_requests() -> None:
    """Hourly: forget computers that asked to be let in, once their codes have ended."""
    linking.forget_old_requests(now=timezone.now())
