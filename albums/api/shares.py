"""Share links in the API: made, listed, taken back."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from albums import actions
from albums.api import album_forms as forms
from albums.api.asking import OwnerView
from albums.models import ShareLink
from mediashare.api.idempotency import idempotent


class OwnShares(GenericAPIView[ShareLink], OwnerView):
    serializer_class = forms.ShareAnswer

    def get_queryset(self) -> QuerySet[ShareLink]:
        if getattr(self, "swagger_fake_view", False):
            return ShareLink.objects.none()
        return self.own_album(self.kwargs["album_id"]).share_links.all()


class ShareList(OwnShares, ListAPIView[ShareLink]):
    """An album's share links, newest first, revoked ones too."""

    filter_backends = []

    @extend_schema(request=forms.ShareForm, responses={201: forms.ShareAnswer})
    @idempotent(secret=("url",))
    def post(self, request: Request, album_id: UUID) -> Response:
        """Make a link. Given again for an `Idempotency-Key`, the answer has no `url`: read it."""
        album = self.own_album(album_id)
        form = forms.ShareForm(data=request.data)
        form.is_valid(raise_exception=True)
        link = actions.share_album(album=album, **form.validated_data)
        return Response(forms.ShareAnswer(link).data, status=status.HTTP_201_CREATED)


class ShareView(OwnShares, RetrieveDestroyAPIView[ShareLink]):
    """One share link. Deleting revokes it for good; it stays in the list with its counts."""

    def get_object(self) -> ShareLink:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["share_id"])

    def perform_destroy(self, instance: ShareLink) -> None:
        actions.revoke_share(link=instance)
