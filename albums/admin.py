"""The admin's pages of items, albums and share links. Addresses of shares are never shown."""

from collections import defaultdict
from typing import Any, Protocol
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from albums import actions, pictures
from albums.following import admin as following_admin
from albums.mirrors import admin as mirrors_admin
from albums.models import Album, AlbumItem, Correction, Item, ShareLink
from albums.search import admin as search_admin
from albums.similar import admin as similar_admin
from mediashare.accounts.models import User
from mediashare.backstage import LiveFilter, ReadOnlyAdmin, size_text

__all__ = [
    "following_admin",
    "mirrors_admin",
    "search_admin",
    "similar_admin",
]  # Registered by being imported.

IN_TRASH = ("deleted_at", admin.EmptyFieldListFilter)


class BulkAction(Protocol):
    def __call__(self, *, owner: User, ids: list[UUID]) -> int: ...


def for_each_owner(act: BulkAction, items: QuerySet[Item]) -> int:
    """Do to items of several people what each could do to their own; how many it changed."""
    ids = defaultdict(list)
    for item in items.select_related("owner"):
        ids[item.owner].append(item.pk)
    return sum(act(owner=owner, ids=own) for owner, own in ids.items())


def thumbnail(item: Item | None) -> str:
    """A small picture by its signed address; its height is no style, which the site forbids."""
    src = pictures.Picture(item).thumbnail_src if item else ""
    return format_html('<img src="{}" height="60" alt="" loading="lazy">', src) if src else "—"


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ["picture", "name", "owner", "kind", "state", "size", "taken_at", "deleted_at"]
    list_display_links = ["picture", "name"]
    list_filter = ["state", "kind", IN_TRASH]
    search_fields = ["id", "name", "owner__email"]
    date_hierarchy = "taken_at"
    readonly_fields = ["picture", "size"]
    actions = ["trash", "restore"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        items = super().get_queryset(request).select_related("owner", "blob")
        return items.prefetch_related("blob__renditions")

    def has_trash_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("albums.delete_item")

    @admin.display(description="")
    def picture(self, item: Item) -> str:
        return thumbnail(item)

    @admin.display(ordering="blob__size_bytes")
    def size(self, item: Item) -> str:
        return size_text(item.blob.size_bytes)

    @admin.action(description="Move selected items to the trash", permissions=["trash"])
    def trash(self, request: HttpRequest, items: QuerySet[Item]) -> None:
        count = for_each_owner(actions.trash_items, items)
        self.message_user(request, f"{count} moved to the trash.", messages.SUCCESS)

    @admin.action(description="Restore selected items from the trash", permissions=["trash"])
    def restore(self, request: HttpRequest, items: QuerySet[Item]) -> None:
        count = for_each_owner(actions.restore_items, items)
        self.message_user(request, f"{count} restored.", messages.SUCCESS)


@admin.register(Album)
class AlbumAdmin(ReadOnlyAdmin):
    list_display = ["picture", "title", "owner", "size", "links", "changed_at", "deleted_at"]
    list_display_links = ["picture", "title"]
    list_filter = [IN_TRASH]
    search_fields = ["id", "title", "description", "owner__email"]
    date_hierarchy = "created_at"
    fields = [
        "picture",
        "title",
        "description",
        "owner",
        "size",
        "links",
        "created_at",
        "changed_at",
        "deleted_at",
    ]
    readonly_fields = [
        "picture",
        "owner",
        "size",
        "links",
        "created_at",
        "changed_at",
        "deleted_at",
    ]
    actions = ["trash", "restore"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Album]:
        albums: QuerySet[Album] = super().get_queryset(request)
        albums = albums.select_related("owner", "cover__blob")
        return albums.prefetch_related("cover__blob__renditions").annotate(
            item_count=Count("places", distinct=True),
            link_count=Count("share_links", filter=Q(share_links__revoked_at=None), distinct=True),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("albums.change_album")

    def has_trash_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("albums.delete_album")

    def save_model(self, request: HttpRequest, obj: Album, form: Any, change: bool) -> None:
        actions.edit_album(album=obj, title=obj.title, description=obj.description)

    @admin.display(description="")
    def picture(self, album: Album) -> str:
        return thumbnail(album.cover)

    @admin.display(description="items", ordering="item_count")
    def size(self, album: Any) -> int:
        return int(album.item_count)

    @admin.display(description="share links", ordering="link_count")
    def links(self, album: Any) -> int:
        return int(album.link_count)

    @admin.action(description="Move selected albums to the trash", permissions=["trash"])
    def trash(self, request: HttpRequest, albums: QuerySet[Album]) -> None:
        for album in albums:
            actions.trash_album(album=album)
        self.message_user(request, f"{len(albums)} in the trash.", messages.SUCCESS)

    @admin.action(description="Restore selected albums from the trash", permissions=["trash"])
    def restore(self, request: HttpRequest, albums: QuerySet[Album]) -> None:
        for album in albums:
            actions.restore_album(album=album)
        self.message_user(request, f"{len(albums)} out of the trash.", messages.SUCCESS)


@admin.register(AlbumItem)
class AlbumItemAdmin(ReadOnlyAdmin):
    list_display = ["picture", "album", "item", "position", "added_at"]
    search_fields = ["album__id", "album__title", "item__name", "album__owner__email"]
    date_hierarchy = "added_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlbumItem]:
        places = super().get_queryset(request).select_related("album", "item__blob")
        return places.prefetch_related("item__blob__renditions")

    @admin.display(description="")
    def picture(self, place: AlbumItem) -> str:
        return thumbnail(place.item)


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "owner", "made_at"]
    search_fields = ["owner__email"]
    date_hierarchy = "made_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Correction]:
        return super().get_queryset(request).select_related("owner")


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    list_display = [
        "__str__",
        "album",
        "owner",
        "protected",
        "view_count",
        "last_viewed_at",
        "expires_at",
        "revoked_at",
    ]
    list_filter = [LiveFilter, "allow_download", "include_place"]
    list_select_related = ["album__owner"]
    search_fields = ["id", "label", "album__title", "album__owner__email"]
    date_hierarchy = "created_at"
    fields = [
        "label",
        "album",
        "owner",
        "protected",
        "allow_download",
        "include_place",
        "created_at",
        "expires_at",
        "revoked_at",
        "view_count",
        "last_viewed_at",
    ]
    readonly_fields = ["owner", "protected"]
    actions = ["revoke"]

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("albums.change_sharelink")

    @admin.display(ordering="album__owner__email")
    def owner(self, link: ShareLink) -> str:
        return str(link.album.owner)

    @admin.display(description="password", boolean=True)
    def protected(self, link: ShareLink) -> bool:
        return link.has_password

    @admin.action(description="Revoke selected share links", permissions=["revoke"])
    def revoke(self, request: HttpRequest, links: QuerySet[ShareLink]) -> None:
        for link in links:
            actions.revoke_share(link=link)
        self.message_user(request, f"{len(links)} revoked.", messages.SUCCESS)
