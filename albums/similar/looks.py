"""Keep the looks of photos in step with what processing found, and with what their owner did."""

from collections.abc import Iterable
from uuid import UUID

from albums.models import Item, Look
from processing.models import MediaInfo


def note(items: Iterable[Item], info: MediaInfo | None) -> None:
    """Copy how a blob looks to its items; those that look new wait to be compared.

    Only photos: two films with one opening frame are not alike.
    """
    phash = info.phash if info and info.kind == MediaInfo.Kind.PHOTO else None
    looks = Look.objects.filter(item__in=items)
    if phash is None:
        looks.delete()
        return
    same = set(looks.filter(phash=phash).values_list("pk", flat=True))
    new = [Look(item=item, owner_id=item.owner_id, phash=phash) for item in items]
    Look.objects.bulk_create(
        [look for look in new if look.pk not in same],
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["phash", "is_compared"],
    )


def compare_again(ids: Iterable[UUID]) -> None:
    """Let photos be asked about anew, in other groups than those they were in."""
    Look.objects.filter(pk__in=list(ids)).update(group=None, is_compared=False)
