"""How the API shows items and takes changes to them."""

import re
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from albums.models import Item
from albums.pictures import Picture
from mediashare.storage import delivery
from processing.models import MediaInfo, Rendition
from processing.recipes.facts import dates, values

MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


class ItemSummary(serializers.ModelSerializer[Item]):
    """An item as lists show it."""

    size = serializers.IntegerField(source="blob.size_bytes", read_only=True, help_text="Bytes.")
    content_type = serializers.CharField(source="blob.content_type", read_only=True)
    sha256 = serializers.CharField(source="blob.sha256", read_only=True, help_text="Hex.")
    thumbnail_url = serializers.SerializerMethodField(
        help_text="The smallest picture, for some hours; null until there is one."
    )
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Item
        fields = [
            "id",
            "name",
            "kind",
            "state",
            "reason",
            "width",
            "height",
            "duration_seconds",
            "thumbhash",
            "taken_at",
            "taken_offset_minutes",
            "place",
            "added_at",
            "deleted_at",
            "size",
            "content_type",
            "sha256",
            "thumbnail_url",
            "url",
        ]
        read_only_fields = [field for field in fields if field != "name"]

    def get_thumbnail_url(self, item: Item) -> str | None:
        return Picture(item).thumbnail_src or None

    def get_url(self, item: Item) -> str:
        return f"{settings.SITE_URL}/items/{item.pk}/"


class RenditionAnswer(serializers.ModelSerializer[Rendition]):
    size = serializers.IntegerField(source="size_bytes", help_text="Bytes.")
    url = serializers.SerializerMethodField(help_text="Good for some hours.")

    class Meta:
        model = Rendition
        fields = ["role", "recipe", "version", "content_type", "width", "height", "size", "url"]

    def get_url(self, rendition: Rendition) -> str:
        return delivery.rendition_url(rendition.key)


class MetadataAnswer(serializers.ModelSerializer[MediaInfo]):
    """What the file says of itself."""

    class Meta:
        model = MediaInfo
        fields = [
            "format",
            "codec",
            "taken_at",
            "taken_offset_minutes",
            "date_source",
            "camera",
            "lens",
            "exposure",
            "latitude",
            "longitude",
            "place",
            "country_code",
            "description",
            "keywords",
            "rating",
        ]


class SpotForm(serializers.Serializer[Any]):
    """Where an item was taken, in degrees; both null is nowhere."""

    latitude = serializers.FloatField(min_value=-90, max_value=90, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, allow_null=True)

    def validate(self, attrs: Any) -> Any:
        if (attrs["latitude"] is None) != (attrs["longitude"] is None):
            raise serializers.ValidationError("Both numbers, or both null.")
        return attrs


class CorrectionForm(serializers.Serializer[Any]):
    """What a `PATCH` of an item may say. Null takes a correction back: the file speaks again."""

    name = serializers.CharField(max_length=255, required=False)
    taken_at = serializers.RegexField(
        MOMENT,
        required=False,
        allow_null=True,
        help_text="RFC 3339; its offset is that of the clock where it was taken, and Z says none.",
    )
    location = SpotForm(required=False, allow_null=True)
    description = serializers.CharField(
        max_length=values.DESCRIPTION_LENGTH, required=False, allow_null=True, allow_blank=True
    )
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=values.KEYWORD_LENGTH),
        max_length=values.MOST_KEYWORDS,
        required=False,
        allow_null=True,
    )

    def validate_taken_at(self, written: str | None) -> dates.Said | None:
        said = dates.iso("exif", written or "")
        if written and said is None:
            raise serializers.ValidationError("There is no such date.")
        return said


class LocationAnswer(serializers.ModelSerializer[Item]):
    class Meta:
        model = Item
        fields = ["latitude", "longitude", "place", "country_code"]


class ItemDetail(ItemSummary):
    """An item with its renditions, what its file says, and where the original is.

    Date, location, description and keywords are the owner's corrections where there are some,
    which `corrected` names; `metadata` always is what the file says.
    """

    location = LocationAnswer(source="*", read_only=True)
    renditions = RenditionAnswer(source="blob.renditions", many=True, read_only=True)
    metadata = serializers.SerializerMethodField(help_text="Null until somebody has looked.")
    download_url = serializers.SerializerMethodField(
        help_text="The original, as it was uploaded, for some hours."
    )
    stream_url = serializers.SerializerMethodField(
        help_text="Playlist of a video, HTTP Live Streaming; it wants the token too. Null for none."
    )
    storyboard_url = serializers.SerializerMethodField(
        help_text="Small frames of a video, in WebVTT; it wants the token too. Null for none."
    )
    preview_url = serializers.SerializerMethodField(
        help_text="A few moving seconds of a video, for some hours; null for none."
    )

    class Meta(ItemSummary.Meta):
        fields = [
            *ItemSummary.Meta.fields,
            "location",
            "description",
            "keywords",
            "corrected",
            "renditions",
            "metadata",
            "download_url",
            "stream_url",
            "storyboard_url",
            "preview_url",
        ]
        read_only_fields = [field for field in fields if field != "name"]

    @extend_schema_field(MetadataAnswer(allow_null=True))
    def get_metadata(self, item: Item) -> dict[str, Any] | None:
        info = getattr(item.blob, "media_info", None)
        return dict(MetadataAnswer(info).data) if info else None

    def get_download_url(self, item: Item) -> str:
        return delivery.original_url(item.blob.key, name=item.name)

    def get_stream_url(self, item: Item) -> str | None:
        return _player_url(item, "master.m3u8") if Picture(item).has_stream else None

    def get_storyboard_url(self, item: Item) -> str | None:
        return _player_url(item, "storyboard.vtt") if Picture(item).has_storyboard else None

    def get_preview_url(self, item: Item) -> str | None:
        return Picture(item).preview_url or None


def _player_url(item: Item, file: str) -> str:
    return f"{settings.SITE_URL}/api/v1/items/{item.pk}/stream/{file}"
