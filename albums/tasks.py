"""Doors to what the timer asks for. No work is done here."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from albums import takeout_mail, trash
from albums.following import keeping as following
from albums.mirrors import keeping as mirrors
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
def follow_folder(*, album_id: str) -> None:
    """A folder has changed that an album follows. Twice is once; lost, the sweep does it."""
    following.catch_up(UUID(album_id))


@shared_task
def mirror_album(*, album_id: str) -> None:
    """An album has changed that computers keep. Twice is once; lost, the sweep does it."""
    mirrors.catch_up(UUID(album_id))


@shared_task
def sweep_folders() -> None:
    """Every quarter minute: what messages were lost of, between folders and albums."""
    following.sweep()
    mirrors.sweep()


@shared_task
def find_similar() -> None:
    """Every quarter minute: compare photos that are new with all others of their owners."""
    matching.compare_all_new()
