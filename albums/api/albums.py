"""Albums in the API, and the items in them. Deleting an album puts it into the trash."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, ListCreateAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import actions
from albums.api import album_forms as forms
from albums.api.asking import OwnerView
from albums.api.pages import AlbumOrder, LastChangedFirst
from albums.models import Album, AlbumItem, Item
from mediashare.api.idempotency import idempotent


class AlbumList(OwnerView, ListCreateAPIView[Album]):
    """A person's albums, last changed first."""

    serializer_class = forms.AlbumAnswer
    pagination_class = LastChangedFirst
    filter_backends = []

    def get_queryset(self) -> QuerySet[Album]:
        return self.own_albums().kept().with_contents()

    @idempotent()
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = actions.create_album(
            owner=self.asker(),
            title=form.validated_data["title"],
            description=form.validated_data.get("description", ""),
        )
        answer = self.get_serializer(self.get_queryset().get(pk=made.pk))
        return Response(answer.data, status=status.HTTP_201_CREATED)


class AlbumView(OwnerView, RetrieveUpdateDestroyAPIView[Album]):
    """One album. `PATCH` changes title, description and cover."""

    serializer_class = forms.AlbumAnswer
    http_method_names = ["get", "head", "options", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Album]:
        return self.own_albums().kept().with_contents()

    @transaction.atomic
    def perform_update(self, serializer: Any) -> None:
        album, sent = serializer.instance, serializer.validated_data
        actions.edit_album(
            album=album, title=sent.get("title"), description=sent.get("description")
        )
        if "shown_cover" in sent:
            set_cover(album, sent["shown_cover"])
        serializer.instance = self.get_queryset().get(pk=album.pk)

    def perform_destroy(self, instance: Album) -> None:
        actions.trash_album(album=instance)


class AlbumItems(OwnerView, ListAPIView[AlbumItem]):
    """An album's items in its order."""

    serializer_class = forms.PlaceAnswer
    pagination_class = AlbumOrder
    filter_backends = []

    def get_queryset(self) -> QuerySet[AlbumItem]:
        if getattr(self, "swagger_fake_view", False):
            return AlbumItem.objects.none()
        places = self.own_album(self.kwargs["album_id"]).places.shown()
        return places.select_related("item__blob").prefetch_related("item__blob__renditions")

    @extend_schema(request=forms.ItemsForm, responses=forms.AddedAnswer)
    @idempotent()
    def post(self, request: Request, album_id: UUID) -> Response:
        """Put items at the end. What is there already stays where it is."""
        album = self.own_album(album_id)
        form = forms.ItemsForm(data=request.data)
        form.is_valid(raise_exception=True)
        self.expect_filled_by_hand(album)
        items = forms.own_items(self.asker(), form.validated_data["items"])
        return Response({"added": actions.add_to_album(album=album, items=items)})


class AlbumItemView(OwnerView):
    """An item's place in an album."""

    @extend_schema(
        request=forms.MoveForm, responses={204: OpenApiResponse(description="It stands there now.")}
    )
    def patch(self, request: Request, album_id: UUID, item_id: UUID) -> Response:
        """Move it in front of another item, or to the end."""
        album = self.own_album(album_id)
        form = forms.MoveForm(data=request.data)
        form.is_valid(raise_exception=True)
        before = form.validated_data["before"]
        try:
            actions.move_in_album(
                album=album,
                item=self._in_album(album, item_id),
                before=self._in_album(album, before) if before else None,
            )
        except actions.ItemNotInAlbum as error:
            raise Http404 from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        responses={204: OpenApiResponse(description="Out of the album, not of the library.")}
    )
    def delete(self, request: Request, album_id: UUID, item_id: UUID) -> Response:
        """Take it out of the album. Asking again is harmless."""
        album = self.own_album(album_id)
        actions.remove_from_album(album=album, items=album.items.filter(pk=item_id))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @staticmethod
    def _in_album(album: Album, item_id: UUID) -> Item:
        return get_object_or_404(album.items, pk=item_id)


def set_cover(album: Album, item_id: UUID | None) -> None:
    """Raises ValidationError for an item that is not in the album."""
    item = album.items.filter(pk=item_id).first() if item_id else None
    if item_id and item is None:
        raise ValidationError({"cover": ["This item is not in the album."]})
    actions.set_cover(album=album, item=item)
