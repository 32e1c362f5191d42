"""Photos that look alike, and stacks, in the API."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import actions
from albums.api import similar_forms as forms
from albums.api.asking import OwnerView
from albums.api.item_forms import ItemSummary
from albums.api.pages import LastFoundFirst
from albums.models import SimilarGroup
from albums.similar import queries
from mediashare.api.problems import Problem


class NotInGroup(Problem):
    def __init__(self) -> None:
        detail = "This item is not among those of the group that are shown. Nothing was changed."
        super().__init__(409, "not-in-group", detail)


class SimilarList(OwnerView, ListAPIView[SimilarGroup]):
    """Groups of photos that look alike and wait for a decision, last changed first."""

    serializer_class = forms.AlikeAnswer
    pagination_class = LastFoundFirst
    filter_backends = []

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return SimilarGroup.objects.none()
        return queries.open_groups(self.asker())

    def paginate_queryset(self, queryset: Any) -> Any:
        return queries.alike_of(super().paginate_queryset(queryset) or [])


class GroupView(OwnerView):
    def own_group(self, group_id: UUID) -> SimilarGroup:
        groups = SimilarGroup.objects.filter(owner=self.asker()).select_related("owner")
        return get_object_or_404(groups, pk=group_id)


class SimilarBest(GroupView):
    @extend_schema(request=forms.ChoiceForm, responses=forms.KeptAnswer)
    def post(self, request: Request, group_id: UUID) -> Response:
        """Keep one, which takes the others' places in albums; they go into the trash.

        Asking again is harmless.
        """
        group = self.own_group(group_id)
        form = forms.ChoiceForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            kept = actions.keep_best(group=group, best=form.validated_data["item"])
        except actions.NotInGroup as error:
            raise NotInGroup from error
        return Response({"trashed": kept.trashed})


class SimilarDistinction(GroupView):
    @extend_schema(
        request=None, responses={204: OpenApiResponse(description="Never asked about again.")}
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Say that none of them is a copy of another. Asking again is harmless."""
        actions.tell_apart(group=self.own_group(group_id))
        return Response(status=204)


class ItemStack(OwnerView):
    """The stack of which an item is the one shown, or behind which it stands."""

    @extend_schema(responses=ItemSummary(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """All in the stack, the one that is shown first; nothing for an item without one."""
        pictures = queries.stack_of(self.own_item(pk))
        return Response(ItemSummary([picture.item for picture in pictures], many=True).data)

    @extend_schema(request=forms.StackForm, responses=ItemSummary(many=True))
    def put(self, request: Request, pk: UUID) -> Response:
        """Show this item, with others behind it. Stacks that they front come along."""
        item = self.own_item(pk)
        form = forms.StackForm(data=request.data)
        form.is_valid(raise_exception=True)
        actions.stack_items(owner=self.asker(), front=item.pk, ids=form.validated_data["items"])
        return self.get(request, pk)

    @extend_schema(responses={204: OpenApiResponse(description="It stands by itself.")})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take an item out of its stack; of the one that is shown, the whole stack apart."""
        actions.unstack(owner=self.asker(), ids=[self.own_item(pk).pk])
        return Response(status=204)
