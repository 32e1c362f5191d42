"""How the API shows albums, places in them and share links, and takes changes to them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from albums import permissions
from albums.api.item_forms import ItemSummary
from albums.models import Album, AlbumItem, Item, ShareLink
from mediashare.accounts.models import User
from mediashare.sharing.forms import LONGEST_PASSWORD

MOST_AT_ONCE = 1000


def own_items(owner: User, ids: list[UUID]) -> list[Item]:
    """The owner's items of these ids in their order; raises ValidationError if one is missing."""
    found = Item.objects.kept().filter(owner=owner).in_bulk(ids)
    missing = [str(item_id) for item_id in ids if item_id not in found]
    if missing:
        raise serializers.ValidationError({"items": [f"No item {name}." for name in missing]})
    return [found[item_id] for item_id in ids]


class AlbumAnswer(serializers.ModelSerializer[Album]):
    item_count = serializers.IntegerField(read_only=True)
    cover = serializers.UUIDField(
        source="shown_cover",
        allow_null=True,
        required=False,
        help_text="The item on its cover; write null for the first one.",
    )
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Album
        fields = [
            "id",
            "title",
            "description",
            "item_count",
            "cover",
            "created_at",
            "changed_at",
            "deleted_at",
            "url",
        ]
        read_only_fields = ["created_at", "changed_at", "deleted_at"]

    def get_url(self, album: Album) -> str:
        return f"{settings.SITE_URL}/albums/{album.pk}/"


class ItemsForm(serializers.Serializer[Any]):
    """Items by their ids, in the order they shall have."""

    items = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_AT_ONCE
    )


class AddedAnswer(serializers.Serializer[Any]):
    added = serializers.IntegerField(help_text="How many were not there yet.")


class PlaceAnswer(serializers.ModelSerializer[AlbumItem]):
    """An item at its place in an album."""

    item = ItemSummary(read_only=True)

    class Meta:
        model = AlbumItem
        fields = ["item", "added_at"]


class MoveForm(serializers.Serializer[Any]):
    before = serializers.UUIDField(
        allow_null=True, help_text="The item it shall stand in front of; null for the end."
    )


class ShareAnswer(serializers.ModelSerializer[ShareLink]):
    url = serializers.SerializerMethodField(
        help_text="What to send to people. Whoever has it can open the album."
    )

    class Meta:
        model = ShareLink
        fields = [
            "id",
            "label",
            "url",
            "has_password",
            "allow_download",
            "include_place",
            "created_at",
            "expires_at",
            "revoked_at",
            "view_count",
            "last_viewed_at",
        ]
        read_only_fields = fields

    def get_url(self, link: ShareLink) -> str:
        return f"{settings.SITE_URL}/s/{permissions.share_token(link)}/"


class ShareForm(serializers.Serializer[Any]):
    # A serializer has a `label` of its own, which no declared field of that name touches.
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=100, required=False, allow_blank=True, help_text="For whom; only you see it."
    )
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD,
        required=False,
        allow_blank=True,
        help_text="Space around it does not count, as on the page that asks for it.",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    allow_download = serializers.BooleanField(required=False, default=True)
    include_place = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether visitors learn where pictures were taken, also from the originals.",
    )

    def validate_expires_at(self, value: Any) -> Any:
        if value and value <= timezone.now():
            raise serializers.ValidationError("This time has passed already.")
        return value
