"""Items in the API. Deleting one puts it into the trash; `albums.api.trash` brings it back."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.request import Request

from albums import actions, players
from albums.api.asking import OwnerView
from albums.api.item_forms import ItemDetail, ItemSummary
from albums.api.pages import LastTakenFirst
from albums.models import Item


class ItemFilter(django_filters.FilterSet):
    """Times are RFC 3339; `taken_after` is included, `taken_before` is not."""

    kind = django_filters.ChoiceFilter(choices=Item._meta.get_field("kind").choices)
    state = django_filters.ChoiceFilter(choices=Item.State.choices)
    album = django_filters.UUIDFilter(method="in_album")
    taken_after = django_filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="gte")
    taken_before = django_filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="lt")

    class Meta:
        model = Item
        fields: list[str] = []

    def in_album(self, items: QuerySet[Item], name: str, album: Any) -> QuerySet[Item]:
        # The items are the asker's own, so another's album matches none of them.
        return items.filter(places__album=album, places__album__deleted_at=None)


class ItemList(OwnerView, ListAPIView[Item]):
    """A library, last taken first."""

    serializer_class = ItemSummary
    pagination_class = LastTakenFirst
    filterset_class = ItemFilter

    def get_queryset(self) -> QuerySet[Item]:
        return self.own_items().kept()


class ItemView(OwnerView, RetrieveUpdateDestroyAPIView[Item]):
    """One item. `PATCH` gives it a name, and keeps the ending that says what kind of file it is."""

    serializer_class = ItemDetail
    http_method_names = ["get", "head", "options", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Item]:
        return self.own_items().kept().select_related("blob__media_info")

    def perform_update(self, serializer: Any) -> None:
        if name := serializer.validated_data.get("name"):
            actions.rename_item(item=serializer.instance, name=name)

    def perform_destroy(self, instance: Item) -> None:
        actions.trash_items(owner=self.asker(), ids=[instance.pk])


class ItemStream(OwnerView):
    """What a player fetches, as `stream_url` and `storyboard_url` of an item name it."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Players ask for playlists, which no renderer of the API makes; refusals are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/vnd.apple.mpegurl"): OpenApiTypes.STR})
    def get(self, request: Request, pk: UUID, file: str) -> HttpResponseBase:
        item = get_object_or_404(self.own_items().kept(), pk=pk)
        return players.answer(request._request, item, file)
