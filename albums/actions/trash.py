"""Deleting, and thinking better of it. Bytes are never touched: storage sweeps unused blobs."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from albums.mirrors import noting as mirrors
from albums.models import Album, Item
from mediashare.accounts.models import User


@transaction.atomic
def trash_items(*, owner: User, ids: Iterable[UUID]) -> int:
    """Put items into the trash; how many were not there yet. They keep their places in albums.

    What stands behind one of them in a stack goes with it.
    """
    kept = Item.objects.kept().filter(owner=owner)
    # Locked first, so that nobody puts another item behind one of them meanwhile.
    fronts = _locked(kept.filter(pk__in=list(ids)))
    stacked = _locked(kept.filter(behind__in=fronts))
    mirrors.note_items([*fronts, *stacked])
    return kept.filter(pk__in=[*fronts, *stacked]).update(deleted_at=timezone.now())


@transaction.atomic
def restore_items(*, owner: User, ids: Iterable[UUID]) -> int:
    """Take items out of the trash; how many there were.

    What went with one of them from behind it comes back with it. What comes back without the
    item that stood before it is shown by itself.
    """
    trashed = Item.objects.in_trash().filter(owner=owner)
    named = _locked(trashed.filter(pk__in=list(ids)))
    stacked = _locked(trashed.filter(behind__in=named, behind__deleted_at=F("deleted_at")))
    mirrors.note_items([*named, *stacked])
    restored = Item.objects.filter(pk__in=[*named, *stacked])
    count = restored.update(deleted_at=None)
    restored.filter(behind__deleted_at__isnull=False).update(behind=None)
    return count


def _locked(items: QuerySet[Item]) -> list[UUID]:
    locked = items.order_by("pk").select_for_update(of=("self",))
    return list(locked.values_list("pk", flat=True))


@transaction.atomic
def delete_forever(*, owner: User, ids: Iterable[UUID]) -> int:
    """Delete items that are in the trash; how many there were. This has no way back."""
    items = Item.objects.in_trash().filter(owner=owner, pk__in=list(ids))
    return items.delete()[1].get(Item._meta.label, 0)


@transaction.atomic
def trash_album(*, album: Album) -> None:
    """Put an album into the trash; its items stay, its share links sleep."""
    album.deleted_at = album.deleted_at or timezone.now()
    album.save(update_fields=["deleted_at"])
    mirrors.close(album.pk)


@transaction.atomic
def restore_album(*, album: Album) -> None:
    """Take an album out of the trash, with its links as they were."""
    album.deleted_at = None
    album.save(update_fields=["deleted_at"])
