"""What somebody may want as an archive, and when two wishes are for the same bytes.

The fingerprint is made by the database in one question, however many items there are.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from albums import findings
from albums.models import Album, Item, ShareLink
from mediashare.accounts.models import User
from processing.archives.actions import Wish
from processing.archives.models import Archive
from processing.recipes import versions
from processing.recipes.zip_names import safe


def album(of: Album) -> Wish:
    """All of an album, for its owner."""
    items = Item.objects.shown().filter(places__album=of)
    return Wish(
        kind=Archive.Kind.ALBUM,
        name=f"{safe(of.title)}.zip",
        contents={"album": str(of.pk)},
        fingerprint=_fingerprint(
            of.pk, of.title, of.description, *_sums(items, "places__position")
        ),
    )


def album_for_visitors(link: ShareLink) -> Wish:
    """All of an album for whoever has a link, without what is not meant for them."""
    return for_visitors(link.album, with_place=link.include_place)


def for_visitors(of: Album, *, with_place: bool) -> Wish:
    """The same, for what kind of link is all that counts."""
    own = album(of)
    hidden_by = "" if with_place else versions.HIDING
    return replace(
        own,
        fingerprint=_fingerprint(own.fingerprint, "visitors", hidden_by),
        is_for_visitors=True,
        with_place=with_place,
    )


def selection(items: Sequence[Item]) -> Wish:
    """Some items of one owner."""
    day = timezone.now().date().isoformat()
    ids = sorted(str(item.pk) for item in items)
    return Wish(
        kind=Archive.Kind.SELECTION,
        name=f"Selection {day}.zip",
        contents={"items": ids},
        fingerprint=_fingerprint(day, *_sums(Item.objects.kept().filter(pk__in=ids))),
    )


def takeout(owner: User) -> Wish:
    """Everything that somebody has."""
    day = timezone.now().date().isoformat()
    albums = Album.objects.kept().filter(owner=owner)
    found = albums.aggregate(count=Count("pk"), sum=Sum(_hash("id", "changed_at")))
    items = _sums(Item.objects.kept().filter(owner=owner))
    return Wish(
        kind=Archive.Kind.TAKEOUT,
        name=f"mediashare {day}.zip",
        contents={},
        fingerprint=_fingerprint("takeout", day, owner.pk, found["count"], found["sum"], *items),
    )


def _sums(items: QuerySet[Item], *more: str) -> tuple[object, object]:
    """How many, and a number that is another one when a file or what stands beside it is."""
    told = [field for fields in findings.FACTS.values() for field in fields]
    found = items.aggregate(
        count=Count("pk"), sum=Sum(_hash("id", "blob_id", "name", *told, *more))
    )
    return found["count"], found["sum"]


def _hash(*fields: str) -> Func:
    """Sixty-four bits of some fields; their sum does not depend on the order of rows."""
    word = TextField()
    texts = [Coalesce(Cast(F(field), word), Value("", word)) for field in fields]
    divided = [part for text in texts for part in (text, Value("|", word))]
    return Func(
        Concat(*divided, output_field=word),
        Value(0),
        function="hashtextextended",
        output_field=BigIntegerField(),
    )


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()
