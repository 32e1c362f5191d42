"""What the upload endpoints take and give, for checking and for the API's description."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from albums.api.item_forms import ItemSummary
from albums.models import Album
from mediashare.aws.multipart import StoredPart
from mediashare.storage.actions import Wish
from mediashare.storage.models import Upload
from mediashare.storage.parts import MOST_PARTS, decoded

# Signed addresses asked for at once.
MOST_ADDRESSES = 100
CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
UNKNOWN_TYPE = "application/octet-stream"


@extend_schema_field(serializers.UUIDField())
class OwnAlbums(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]  # Not at run time.
    """One of the asker's own albums, by its id."""

    def get_queryset(self) -> Any:
        return Album.objects.kept().filter(owner=self.context["request"].user)


class WishForm(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=255)
    size = serializers.IntegerField(
        min_value=1,
        error_messages={"min_value": "An empty file cannot be uploaded."},
        help_text="Bytes.",
    )
    content_type = serializers.CharField(max_length=100, required=False, allow_blank=True)
    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}\Z",
        required=False,
        allow_blank=True,
        help_text="Hex. With it, a file that the owner has already is recognised and not sent.",
    )
    modified_at = serializers.DateTimeField(required=False, allow_null=True)
    album = OwnAlbums(
        required=False, allow_null=True, help_text="Where to put it if the owner has it already."
    )

    def validate_content_type(self, value: str) -> str:
        return value if CONTENT_TYPE.fullmatch(value) else UNKNOWN_TYPE

    def wish(self) -> Wish:
        sent = self.validated_data
        return Wish(
            name=sent["name"],
            size_bytes=sent["size"],
            content_type=sent.get("content_type", UNKNOWN_TYPE),
            sha256=sent.get("sha256", ""),
            modified_at=sent.get("modified_at"),
        )


class DigestForm(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=MOST_PARTS)
    sha256 = serializers.CharField(max_length=44, help_text="Base64, as S3 wants it.")

    def validate_sha256(self, value: str) -> str:
        try:
            decoded(value)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return value


class PartsForm(serializers.Serializer[Any]):
    parts = serializers.ListField(child=DigestForm(), allow_empty=False, max_length=MOST_ADDRESSES)

    def digests(self) -> dict[int, str]:
        return {part["number"]: part["sha256"] for part in self.validated_data["parts"]}


class CompletionForm(PartsForm):
    parts = serializers.ListField(child=DigestForm(), allow_empty=False, max_length=MOST_PARTS)
    album = OwnAlbums(required=False, allow_null=True)


class UploadSummary(serializers.ModelSerializer[Upload]):
    """An upload as its row knows it."""

    size = serializers.IntegerField(source="size_bytes")

    class Meta:
        model = Upload
        fields = ["id", "name", "state", "size", "sha256", "created_at", "expires_at"]


class TargetAnswer(serializers.Serializer[Any]):
    endpoint = serializers.CharField(help_text="Without the bucket.")
    region = serializers.CharField()
    bucket = serializers.CharField()
    path_style = serializers.BooleanField()


class CredentialsAnswer(serializers.Serializer[Any]):
    access_key_id = serializers.CharField()
    secret_access_key = serializers.CharField()
    session_token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class StoredPartAnswer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    size = serializers.IntegerField(source="size_bytes")
    sha256 = serializers.SerializerMethodField(help_text="Base64; null when the store keeps it.")

    def get_sha256(self, part: StoredPart) -> str | None:
        return part.sha256 or None


class UploadAnswer(serializers.Serializer[Any]):
    """Everything a client needs to send the bytes. A duplicate has only `state` and `item`."""

    id = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(["open", "duplicate", "complete", "aborted", "expired"])
    key = serializers.CharField(required=False)
    name = serializers.CharField(required=False)
    size = serializers.IntegerField(required=False)
    part_size = serializers.IntegerField(required=False)
    part_count = serializers.IntegerField(required=False)
    multipart_id = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="Null: send the whole file in one PUT, to the address of part 1.",
    )
    method = serializers.ChoiceField(["sts", "presigned"], required=False)
    target = TargetAnswer(required=False)
    credentials = CredentialsAnswer(required=False, allow_null=True)
    parts = StoredPartAnswer(
        many=True,
        required=False,
        help_text="What the store holds already; null when it cannot say.",
    )
    expires_at = serializers.DateTimeField(required=False)
    item = ItemSummary(allow_null=True)


class AddressAnswer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    url = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())


class AddressesAnswer(serializers.Serializer[Any]):
    urls = AddressAnswer(many=True)
    expires_at = serializers.DateTimeField()
