"""Who asks, and what is theirs: the base of the API's views of what people own."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import NotAuthenticated
from rest_framework.views import APIView

from albums.following import beginning
from albums.models import Album, AlbumQuerySet, Item, ItemQuerySet, MergedItem
from mediashare.accounts.models import User
from mediashare.api.problems import Problem


class ItemMerged(Problem):
    """Programs are not sent on: what they meant to do to one item would be done to another."""

    def __init__(self, item_id: UUID) -> None:
        detail = "The library had the bytes of this item already; `item` is the one that has them."
        url = f"{settings.SITE_URL}/api/v1/items/{item_id}"
        super().__init__(410, "item-merged", detail, item=str(item_id), item_url=url)


class FilledByFolder(Problem):
    """Nothing is put by hand into an album that follows a folder."""

    def __init__(self) -> None:
        detail = f"This album follows a folder. {beginning.PUT_IT_THERE}"
        super().__init__(409, "follows-folder", detail)


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

    def own_item(self, item_id: UUID, among: QuerySet[Item] | None = None) -> Item:
        """One that is not in the trash. Raises Http404, and ItemMerged for one that gave way."""
        items = self.own_items().kept() if among is None else among
        item = items.filter(pk=item_id).first()
        if item is None:
            merged = MergedItem.objects.filter(pk=item_id, item__owner=self.asker()).first()
            raise ItemMerged(merged.item_id) if merged else Http404
        return item

    def own_albums(self) -> AlbumQuerySet:
        return Album.objects.visible_to(self._described() or self.asker())

    def own_album(self, album_id: UUID) -> Album:
        return get_object_or_404(self.own_albums().kept(), pk=album_id)

    @staticmethod
    def expect_filled_by_hand(album: Album | None) -> None:
        """Raises FilledByFolder."""
        if album is not None and beginning.following_of(album):
            raise FilledByFolder

    def _described(self) -> Any:
        """A person who owns nothing, while the API's description is being made."""
        return User() if getattr(self, "swagger_fake_view", False) else None
