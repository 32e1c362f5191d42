"""Archives in the API: asked for, watched, fetched by their address, given up."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import archive_wishes, folder_archives
from albums.api.album_forms import MOST_AT_ONCE, own_items
from albums.api.asking import OwnerView
from albums.api.pages import LastMadeFirst
from mediashare.api.idempotency import idempotent
from mediashare.storage import delivery
from processing.archives import actions
from processing.archives.models import Archive


class ArchiveForm(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Archive.Kind.choices)
    album = serializers.UUIDField(required=False, help_text="For the kind `album`.")
    items = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_empty=False,
        max_length=MOST_AT_ONCE,
        help_text="For the kind `selection`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = {Archive.Kind.ALBUM: "album", Archive.Kind.SELECTION: "items"}.get(attrs["kind"])
        if needed and needed not in attrs:
            raise serializers.ValidationError({needed: ["This kind needs it."]})
        return attrs


class ArchiveAnswer(serializers.ModelSerializer[Archive]):
    state = serializers.ChoiceField(["making", "ready", "failed"], read_only=True)
    reason = serializers.CharField(read_only=True, help_text="Why it failed; else empty.")
    percent = serializers.IntegerField(read_only=True)
    size = serializers.SerializerMethodField(help_text="Bytes; null until it is known.")
    seconds_left = serializers.SerializerMethodField(help_text="By the pace so far, or null.")
    left_out = serializers.JSONField(
        read_only=True, help_text="[name, why] of each file that could not be had."
    )
    download_url = serializers.SerializerMethodField(
        help_text="For some hours, with ranges; null until it is ready."
    )

    class Meta:
        model = Archive
        fields = [
            *("id", "kind", "name", "state", "reason", "percent", "size", "seconds_left"),
            *("left_out", "created_at", "ready_at", "expires_at", "download_url"),
        ]
        read_only_fields = fields

    def get_size(self, archive: Archive) -> int | None:
        return archive.size_bytes if archive.listed_at else None

    def get_seconds_left(self, archive: Archive) -> float | None:
        return archive.seconds_left(timezone.now())

    def get_download_url(self, archive: Archive) -> str | None:
        if archive.state != "ready":
            return None
        return delivery.made_file_url(archive.key, name=archive.name)


class OwnArchives(GenericAPIView[Archive], OwnerView):
    serializer_class = ArchiveAnswer

    def get_queryset(self) -> QuerySet[Archive]:
        if getattr(self, "swagger_fake_view", False):
            return Archive.objects.none()
        kept = Archive.objects.kept(timezone.now())
        own = kept.filter(owner=self.asker(), is_for_visitors=False)
        return folder_archives.readable(own).select_related("job")


class ArchiveList(OwnArchives, ListAPIView[Archive]):
    """Archives that can be had or are being made, last asked for first."""

    pagination_class = LastMadeFirst
    filter_backends = []

    @extend_schema(request=ArchiveForm, responses={201: ArchiveAnswer})
    @idempotent(secret=("download_url",))
    def post(self, request: Request) -> Response:
        """Ask for a ZIP of an album, of some items or of everything. The same is made once."""
        form = ArchiveForm(data=request.data)
        form.is_valid(raise_exception=True)
        archive = actions.request_archive(owner=self.asker(), wish=self._wish(form.validated_data))
        return Response(ArchiveAnswer(archive).data, status=status.HTTP_201_CREATED)

    def _wish(self, sent: dict[str, Any]) -> actions.Wish:
        match sent["kind"]:
            case Archive.Kind.ALBUM:
                return archive_wishes.album(self.own_album(sent["album"]))
            case Archive.Kind.SELECTION:
                return archive_wishes.selection(own_items(self.asker(), sent["items"]))
        return archive_wishes.takeout(self.asker())


class ArchiveView(OwnArchives, RetrieveDestroyAPIView[Archive]):
    """One archive. Deleting stops it, or removes what was made."""

    def perform_destroy(self, instance: Archive) -> None:
        actions.give_up(archive=instance)


class ArchiveRetries(OwnArchives):
    @extend_schema(request=None, responses=ArchiveAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Go on with one that failed. Asking while it is under way changes nothing."""
        archive = get_object_or_404(self.get_queryset(), pk=pk)
        actions.retry_archive(archive=archive)
        return Response(ArchiveAnswer(get_object_or_404(self.get_queryset(), pk=pk)).data)
