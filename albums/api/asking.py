"""Who asks, and what is theirs: the base of the API's views of what people own."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework.exceptions import NotAuthenticated
from rest_framework.views import APIView

from albums.models import Album, AlbumQuerySet, Item, ItemQuerySet
from mediashare.accounts.models import User


class OwnerView(APIView):
    """Finds only what the asker owns; to everybody else it does not exist."""

    throttle_scope = "api"

    def asker(self) -> User:
        user = self.request.user
        if not isinstance(user, User):
            raise NotAuthenticated
        return user

    def own_items(self) -> ItemQuerySet:
        """With what an answer about an item needs."""
        items = Item.objects.visible_to(self._described() or self.asker())
        items = items.select_related("blob")
        return items.prefetch_related("blob__renditions")

    def own_albums(self) -> AlbumQuerySet:
        return Album.objects.visible_to(self._described() or self.asker())

    def own_album(self, album_id: UUID) -> Album:
        return get_object_or_404(self.own_albums().kept(), pk=album_id)

    def _described(self) -> Any:
        """A person who owns nothing, while the API's description is being made."""
        return User() if getattr(self, "swagger_fake_view", False) else None
