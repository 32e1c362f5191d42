"""The trash in the API: what was deleted, and its way back."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import DestroyAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import actions
from albums.api.album_forms import AlbumAnswer
from albums.api.asking import OwnerView
from albums.api.item_forms import ItemSummary
from albums.api.pages import LastDeletedFirst
from albums.models import Album, Item


class TrashedItems(OwnerView, ListAPIView[Item]):
    """Deleted items, last deleted first."""

    serializer_class = ItemSummary
    pagination_class = LastDeletedFirst
    filter_backends = []

    def get_queryset(self) -> QuerySet[Item]:
        return self.own_items().in_trash()


class TrashedItem(OwnerView, DestroyAPIView[Item]):
    """One deleted item. Deleting it here is for ever."""

    serializer_class = ItemSummary

    def get_queryset(self) -> QuerySet[Item]:
        return self.own_items().in_trash()

    def perform_destroy(self, instance: Item) -> None:
        actions.delete_forever(owner=self.asker(), ids=[instance.pk])


class ItemRestoration(OwnerView):
    @extend_schema(request=None, responses=ItemSummary)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take an item out of the trash. Asking again is harmless."""
        actions.restore_items(owner=self.asker(), ids=[pk])
        return Response(ItemSummary(get_object_or_404(self.own_items(), pk=pk)).data)


class TrashedAlbums(OwnerView, ListAPIView[Album]):
    """Deleted albums, last deleted first."""

    serializer_class = AlbumAnswer
    pagination_class = LastDeletedFirst
    filter_backends = []

    def get_queryset(self) -> QuerySet[Album]:
        return self.own_albums().in_trash().with_contents()


class AlbumRestoration(OwnerView):
    @extend_schema(request=None, responses=AlbumAnswer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Take an album out of the trash. Asking again is harmless."""
        actions.restore_album(album=get_object_or_404(self.own_albums(), pk=pk))
        return Response(AlbumAnswer(self.own_albums().with_contents().get(pk=pk)).data)
