"""What the trash has held for long enough is deleted. Bytes are left to storage's sweep."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from albums.mirrors import keeping as mirrors
from albums.models import Album, Item, SimilarGroup

BATCH = 500


def empty(now: datetime) -> int:
    """Delete rows that have been in the trash for TRASH_DAYS; how many items and albums."""
    oldest_kept = now - timedelta(days=settings.TRASH_DAYS)
    albums = Album.objects.filter(deleted_at__lt=oldest_kept)
    items = Item.objects.filter(deleted_at__lt=oldest_kept)
    deleted = _delete_in_batches(albums) + _delete_in_batches(items)
    mirrors.remove_abandoned()
    _forget_what_nothing_is_like()
    return deleted


def _delete_in_batches(rows: QuerySet[Any]) -> int:
    deleted = 0
    while batch := _delete_some(rows):
        deleted += batch
    return deleted


@transaction.atomic
def _delete_some(rows: QuerySet[Any]) -> int:
    # Locked first, so that what somebody restores at this moment is left alone.
    ids = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


def _forget_what_nothing_is_like() -> None:
    """Groups of similar photos that deletions and decisions have left fewer than two in."""
    left = SimilarGroup.objects.annotate(size=Count("looks")).filter(size__lt=2)
    SimilarGroup.objects.filter(pk__in=left.values("pk")).delete()
