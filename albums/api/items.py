"""Items in the API. Deleting one puts it into the trash; `albums.api.trash` brings it back."""

from typing import Any
from uuid import UUID

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import actions, players, queries
from albums.api.asking import OwnerView
from albums.api.item_forms import CorrectionForm, ItemDetail, ItemSummary
from albums.api.pages import LastTakenFirst
from albums.models import Item, ItemQuerySet

# What a field of a correction is about.
CORRECTED = {
    "taken_at": "date",
    "location": "place",
    "description": "description",
    "keywords": "keywords",
}


class ItemFilter(django_filters.FilterSet):
    """Times are RFC 3339; `taken_after` is included, `taken_before` is not.

    `q` finds what says all of its words, each at least begun: place, camera, lens, keywords,
    description, name.
    """

    q = django_filters.CharFilter(method="with_words", max_length=queries.LONGEST_SEARCH)

    kind = django_filters.ChoiceFilter(choices=Item._meta.get_field("kind").choices)
    state = django_filters.ChoiceFilter(choices=Item.State.choices)
    album = django_filters.UUIDFilter(method="in_album")
    taken_after = django_filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="gte")
    taken_before = django_filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="lt")

    class Meta:
        model = Item
        fields: list[str] = []

    def with_words(self, items: ItemQuerySet, name: str, wanted: str) -> ItemQuerySet:
        return items.of_whom(self.request.user.pk, wanted=wanted)

    def in_album(self, items: QuerySet[Item], name: str, album: Any) -> QuerySet[Item]:
        # The items are the asker's own, so another's album matches none of them.
        return items.filter(places__album=album, places__album__deleted_at=None)


class ItemList(OwnerView, ListAPIView[Item]):
    """A library, last taken first. Of a stack only the item that is shown; see its `stack`."""

    serializer_class = ItemSummary
    pagination_class = LastTakenFirst
    filterset_class = ItemFilter

    def get_queryset(self) -> QuerySet[Item]:
        return self.own_items().shown()


class ItemView(OwnerView, RetrieveDestroyAPIView[Item]):
    """One item with everything that is known of it."""

    serializer_class = ItemDetail
    http_method_names = ["get", "head", "options", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Item]:
        return self.own_items().kept().select_related("blob__media_info")

    def get_object(self) -> Item:
        return self.own_item(self.kwargs["pk"], among=self.get_queryset())

    @extend_schema(request=CorrectionForm, responses=ItemDetail)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Name it, or correct its date, location and words; the original stays as it is.

        A name keeps the ending that says what kind of file it is. Null takes a correction back.
        """
        item = self.get_object()
        form = CorrectionForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            self._apply(item, form.validated_data)
        except actions.DateIsImpossible as error:
            raise ValidationError({"taken_at": ["No photo is from that day."]}) from error
        return Response(self.get_serializer(self.get_object()).data)

    @transaction.atomic
    def _apply(self, item: Item, sent: dict[str, Any]) -> None:
        owner, ids = self.asker(), [item.pk]
        if "name" in sent:
            actions.rename_item(item=item, name=sent["name"])
        back = [CORRECTED[field] for field in CORRECTED if field in sent and sent[field] is None]
        if back:
            actions.take_back(owner=owner, ids=ids, facts=back)
        if spot := sent.get("location"):
            actions.correct_place(owner=owner, ids=ids, **spot)
        if said := sent.get("taken_at"):
            actions.set_date(
                owner=owner,
                ids=ids,
                clock=said.clock,
                offset_minutes=said.offset_minutes,
                is_utc=said.kind == "utc",
            )
        description, keywords = sent.get("description"), sent.get("keywords")
        if description is not None or keywords is not None:
            actions.correct_words(owner=owner, ids=ids, description=description, keywords=keywords)

    def perform_destroy(self, instance: Item) -> None:
        actions.trash_items(owner=self.asker(), ids=[instance.pk])


class ItemStream(OwnerView):
    """What a player fetches, as `stream_url` and `storyboard_url` of an item name it."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Players ask for playlists, which no renderer of the API makes; refusals are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/vnd.apple.mpegurl"): OpenApiTypes.STR})
    def get(self, request: Request, pk: UUID, file: str) -> HttpResponseBase:
        item = self.own_item(pk)
        return players.answer(request._request, item, file)
