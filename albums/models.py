"""Items, albums and share links."""

import uuid
from datetime import datetime, timedelta
from datetime import timezone as tz
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from albums.following.models import FollowedFile, Following
from albums.mirrors.models import Mirror
from albums.search import words
from albums.search.models import ItemWords
from albums.similar.models import Distinction, Look, SimilarGroup
from albums.visitors import Viewer, Visitor
from mediashare.sharing.models import Link
from mediashare.storage.models import Blob

__all__ = [
    "Album",
    "AlbumItem",
    "AlbumItemQuerySet",
    "AlbumQuerySet",
    "Distinction",
    "FollowedFile",
    "Following",
    "Item",
    "ItemQuerySet",
    "ItemWords",
    "Look",
    "MergedItem",
    "Mirror",
    "ShareLink",
    "SimilarGroup",
]


class ItemQuerySet(models.QuerySet["Item"]):
    def kept(self) -> "ItemQuerySet":
        return self.filter(deleted_at__isnull=True)

    def in_trash(self) -> "ItemQuerySet":
        return self.filter(deleted_at__isnull=False)

    def shown(self) -> "ItemQuerySet":
        """What libraries and albums show: not in the trash, and not behind another in a stack."""
        return self.filter(deleted_at__isnull=True, behind__isnull=True)

    def visible_to(self, viewer: Viewer) -> "ItemQuerySet":
        return self.filter(Visitor.of(viewer).items)

    def of_whom(self, owner_id: uuid.UUID, *, wanted: str) -> "ItemQuerySet":
        """A person's items that say all the words somebody typed, each at least begun."""
        question = words.asked(owner_id, wanted)
        return self.filter(owner=owner_id, words__said__match=question) if question else self.none()

    def newest_first(self) -> "ItemQuerySet":
        return self.order_by("-taken_at", "-id")


class Item(models.Model):
    """A photo, a video or a sound in somebody's library.

    What processing finds out about the blob is copied here, so that a page of
    items is one query. What its owner corrected is here alone, and stays.
    """

    class State(models.TextChoices):
        PROCESSING = "processing"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="items")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="items")
    name = models.CharField(max_length=255)
    kind = models.CharField(
        max_length=10,
        choices=[("photo", "photo"), ("video", "video"), ("audio", "audio"), ("file", "file")],
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROCESSING)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it failed, for people.")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    duration_seconds = models.FloatField(null=True, blank=True)
    thumbhash = models.CharField(max_length=48, blank=True)
    taken_at = models.DateTimeField(
        help_text="From the file; until that is known, from its upload."
    )
    taken_offset_minutes = models.SmallIntegerField(
        null=True, blank=True, help_text="The clock's distance from UTC where it was taken."
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True, help_text='As "Lisbon, Portugal".')
    country_code = models.CharField(max_length=2, blank=True)
    description = models.TextField(max_length=2000, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    corrected = models.JSONField(
        default=list,
        blank=True,
        help_text="Which facts its owner set: date, place, description, keywords.",
    )
    added_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    behind = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stacked",
        db_index=False,
        help_text="The item that is shown for it, which is behind none itself.",
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("owner", "blob", name="item_once_for_each_blob"),
        ]
        indexes = [
            models.Index(
                "owner",
                F("taken_at").desc(),
                F("id").desc(),
                condition=Q(deleted_at__isnull=True),
                name="item_library",
            ),
            models.Index("deleted_at", condition=Q(deleted_at__isnull=False), name="item_trash"),
            models.Index("behind", condition=Q(behind__isnull=False), name="item_stack"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def clock(self) -> datetime:
        """When it was taken, as a clock showed it there; in UTC if that is not known."""
        return self.taken_at.astimezone(tz(timedelta(minutes=self.taken_offset_minutes or 0)))


class Correction(models.Model):
    """What a person corrected at once, with what was there before, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="corrections")
    before = models.JSONField(
        encoder=DjangoJSONEncoder,
        help_text="Of each item, the facts that were changed; null where nobody had set them.",
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index("owner", F("made_at").desc(), name="correction_by_owner")]

    def __str__(self) -> str:
        return f"{len(self.before)} items of {self.owner_id}"


class MergedItem(models.Model):
    """An item that was found to hold bytes its owner had already: where its address leads now."""

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="merged")
    merged_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.id} is {self.item_id}"


class AlbumQuerySet(models.QuerySet["Album"]):
    def kept(self) -> "AlbumQuerySet":
        return self.filter(deleted_at__isnull=True)

    def in_trash(self) -> "AlbumQuerySet":
        return self.filter(deleted_at__isnull=False)

    def visible_to(self, viewer: Viewer) -> "AlbumQuerySet":
        return self.filter(Visitor.of(viewer).albums)

    def with_contents(self) -> "QuerySet[Any]":
        """Adds `item_count` and `shown_cover`, the id of the cover chosen or else the first item.

        What is in the trash, or behind another in a stack, is neither counted nor shown.
        """
        shown = Q(places__item__deleted_at=None, places__item__behind=None, places__isnull=False)
        items = Item.objects.shown()
        chosen = items.filter(pk=OuterRef("cover_id")).values("pk")
        in_order = items.filter(places__album=OuterRef("pk")).order_by("places__position")
        return self.annotate(
            item_count=Count("places", filter=shown),
            shown_cover=Coalesce(Subquery(chosen), Subquery(in_order.values("pk")[:1])),
        )


class Album(models.Model):
    """An ordered set of items with share links."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="albums")
    title = models.CharField(max_length=150)
    description = models.TextField(max_length=2000, blank=True)
    cover = models.ForeignKey(
        Item,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="covers",
        help_text="Empty means the first item.",
    )
    items = models.ManyToManyField(Item, through="AlbumItem", related_name="albums")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = AlbumQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("owner", F("changed_at").desc(), name="album_by_owner")]

    def __str__(self) -> str:
        return self.title


class AlbumItemQuerySet(models.QuerySet["AlbumItem"]):
    def shown(self) -> "AlbumItemQuerySet":
        """The places that an album shows; of a stack only that of the item in front."""
        return self.filter(item__deleted_at=None, item__behind=None)


class AlbumItem(models.Model):
    """An item's place in an album. Positions have gaps, so that moving one item is one write."""

    album = models.ForeignKey(Album, models.CASCADE, related_name="places")
    item = models.ForeignKey(Item, models.CASCADE, related_name="places")
    position = models.BigIntegerField()
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AlbumItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint("album", "item", name="album_item_once"),
        ]
        indexes = [models.Index("album", "position", "id", name="album_order")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.album_id}"


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self, now: datetime) -> "ShareLinkQuerySet":
        unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(unexpired, revoked_at__isnull=True, album__deleted_at__isnull=True)


class ShareLink(Link):
    """A way into one album for whoever has the link."""

    album = models.ForeignKey(Album, models.CASCADE, related_name="share_links")
    allow_download = models.BooleanField(default=True, help_text="Originals, as they are.")
    include_place = models.BooleanField(
        default=False, help_text="Where the pictures were taken, also inside of the originals."
    )

    objects = ShareLinkQuerySet.as_manager()
