"""What pages show of libraries, albums and the trash. Read-only.

Each function asks the same number of queries however many items there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Subquery

from albums import pictures
from albums.cursors import Cursor
from albums.models import Album, AlbumItem, AlbumQuerySet, Item, ItemQuerySet
from albums.pictures import Picture
from albums.visitors import Viewer, Visitor
from mediashare.accounts.models import User

PAGE = 60
LONGEST_SEARCH = 200

Row = TypeVar("Row", Item, AlbumItem)


@dataclass(frozen=True)
class Page:
    """A piece of a list. `next` is the cursor of the following piece, empty at the end."""

    pictures: list[Picture]
    next: str


@dataclass(frozen=True)
class Neighbours:
    """Items on both sides of one, in the order of the list it is in."""

    previous: UUID | None
    next: UUID | None


@dataclass(frozen=True)
class AlbumCard:
    """An album in a list of albums. There is no cover when nothing is in it."""

    album: Album
    count: int
    cover: Picture | None


def library_page(*, user: User, wanted: str = "", cursor: str = "", size: int = PAGE) -> Page:
    """A person's items, newest first; if words are `wanted`, those that say all of them.

    Raises CursorIsMalformed.
    """
    items = _library(user).select_related("blob").newest_first()
    if wanted:
        items = items.of_whom(user.pk, wanted=wanted)
    if cursor:
        items = items.filter(_after("taken_at", Cursor.decode(cursor)))
    found, more = _piece(items, size)
    return Page(pictures.of(found), _cursor(found, "taken_at") if more else "")


def trash_page(*, user: User, cursor: str = "", size: int = PAGE) -> Page:
    """A person's deleted items, last deleted first. Raises CursorIsMalformed."""
    items = Item.objects.in_trash().visible_to(user).select_related("blob")
    items = items.order_by("-deleted_at", "-id")
    if cursor:
        items = items.filter(_after("deleted_at", Cursor.decode(cursor)))
    found, more = _piece(items, size)
    return Page(pictures.of(found), _cursor(found, "deleted_at") if more else "")


def album_page(*, album: Album, viewer: Viewer, cursor: str = "", size: int = PAGE) -> Page:
    """An album's items in its order. Raises PermissionDenied and CursorIsMalformed."""
    visitor = _admitted(viewer, album)
    places = _places(album).select_related("item__blob").order_by("position", "id")
    if cursor:
        last = Cursor.decode(cursor)
        beyond = Q(position__gt=last.rank) | Q(id__gt=last.tie)
        places = places.filter(beyond, position__gte=last.rank)
    found, more = _piece(places, size)
    return Page(
        pictures.of(
            (place.item for place in found),
            may_download=visitor.may_download,
            with_place=visitor.with_place,
            is_own=visitor.owner_id is not None,
        ),
        Cursor(rank=found[-1].position, tie=found[-1].pk).encode() if more else "",
    )


def album_list(*, user: User) -> list[AlbumCard]:
    """A person's albums, last changed first."""
    return album_cards(Album.objects.kept().visible_to(user).order_by("-changed_at", "-id"))


def albums_to_fill(*, user: User) -> list[AlbumCard]:
    """The same, without those that follow a folder."""
    albums = Album.objects.kept().visible_to(user).filter(following=None)
    return album_cards(albums.order_by("-changed_at", "-id"))


def trashed_albums(*, user: User) -> list[AlbumCard]:
    """A person's deleted albums, last deleted first."""
    return album_cards(Album.objects.in_trash().visible_to(user).order_by("-deleted_at", "-id"))


def album_cards(albums: AlbumQuerySet) -> list[AlbumCard]:
    """Albums with the number of their items and their covers. Three queries."""
    counted = list(albums.with_contents())
    covers = Item.objects.filter(pk__in=[album.shown_cover for album in counted])
    shown = pictures.of(covers.select_related("blob"), is_own=False)
    by_id = {picture.item.pk: picture for picture in shown}
    return [AlbumCard(album, album.item_count, by_id.get(album.shown_cover)) for album in counted]


def pictures_of(*, viewer: Viewer, ids: Iterable[UUID]) -> list[Picture]:
    """Those of the named items that somebody sees, as when a page asks what has become of them."""
    visitor = Visitor.of(viewer)
    items = Item.objects.kept().visible_to(visitor).filter(pk__in=list(ids))
    return pictures.of(
        items.select_related("blob"),
        may_download=visitor.may_download,
        with_place=visitor.with_place,
        is_own=visitor.owner_id is not None,
    )


def library_neighbours(*, item: Item) -> Neighbours:
    """What is beside an item in its owner's library: before it newer, after it older."""
    here = Cursor.at_time(item.taken_at, item.pk)
    library = Item.objects.shown().filter(owner=item.owner_id)
    newer = library.filter(_before("taken_at", here)).order_by("taken_at", "id")
    older = library.filter(_after("taken_at", here)).newest_first()
    return Neighbours(previous=_first_id(newer, "pk"), next=_first_id(older, "pk"))


def album_neighbours(*, album: Album, item: Item) -> Neighbours:
    """What is beside an item in an album; nothing on either side if it is not in there."""
    here = Subquery(album.places.filter(item=item).values("position")[:1])
    below = _places(album).filter(position__lt=here).order_by("-position", "-id")
    above = _places(album).filter(position__gt=here).order_by("position", "id")
    return Neighbours(previous=_first_id(below, "item_id"), next=_first_id(above, "item_id"))


def _library(user: User) -> ItemQuerySet:
    return Item.objects.shown().visible_to(user)


def _places(album: Album) -> QuerySet[AlbumItem]:
    return album.places.shown()


def _admitted(viewer: Viewer, album: Album) -> Visitor:
    visitor = Visitor.of(viewer)
    if not visitor.sees(album):
        raise PermissionDenied
    return visitor


def _after(field: str, cursor: Cursor) -> Q:
    """Later in a list that is newest first. The plain bound lets the database use its index."""
    beyond = Q(**{f"{field}__lt": cursor.time}) | Q(id__lt=cursor.id)
    return Q(**{f"{field}__lte": cursor.time}) & beyond


def _before(field: str, cursor: Cursor) -> Q:
    """Earlier in a list that is newest first."""
    beyond = Q(**{f"{field}__gt": cursor.time}) | Q(id__gt=cursor.id)
    return Q(**{f"{field}__gte": cursor.time}) & beyond


def _piece(rows: QuerySet[Row], size: int) -> tuple[list[Row], bool]:
    """The first `size` rows, and whether there are more."""
    found = list(rows[: size + 1])
    return found[:size], len(found) > size


def _cursor(items: list[Item], field: str) -> str:
    return Cursor.at_time(getattr(items[-1], field), items[-1].pk).encode()


def _first_id(rows: QuerySet[Row], field: str) -> UUID | None:
    return rows.values_list(field, flat=True).first()
