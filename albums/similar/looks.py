"""Keep the looks of photos in step with what processing found, and with what their owner did."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from albums.models import Item, Look
from processing.models import MediaInfo

# Django has no words for leaving alone what is the same.
NOTE = """
INSERT INTO albums_look (item_id, owner_id, phash, is_compared)
VALUES (%(item)s, %(owner)s, %(phash)s, false)
ON CONFLICT (item_id) DO UPDATE SET phash = EXCLUDED.phash, is_compared = false
WHERE albums_look.phash <> EXCLUDED.phash
"""


def note(items: Iterable[Item], info: MediaInfo | None) -> None:
    """Copy how a blob looks to its items; those that look new wait to be compared.

    Only photos: two films with one opening frame are not alike.
    """
    phash = info.phash if info and info.kind == MediaInfo.Kind.PHOTO else None
    if phash is None:
        Look.objects.filter(item__in=items).delete()
        return
    with connection.cursor() as cursor:
        for item in items:
            cursor.execute(NOTE, {"item": item.pk, "owner": item.owner_id, "phash": phash})


def compare_again(ids: Iterable[UUID]) -> None:
    """Let photos be asked about anew, in other groups than those they were in."""
    Look.objects.filter(pk__in=list(ids)).update(group=None, is_compared=False)
