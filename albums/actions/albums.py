"""Albums: making, editing and ordering them. Whatever changes an album moves its `changed_at`."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from albums import ordering
from albums.mirrors import noting as mirrors
from albums.models import Album, AlbumItem, Item
from mediashare.accounts.models import User


class ItemNotInAlbum(Exception):
    """The item has no place in this album; nothing was changed."""


@transaction.atomic
def create_album(
    *, owner: User, title: str, description: str = "", items: Iterable[Item] = ()
) -> Album:
    album = Album.objects.create(owner=owner, title=title, description=description)
    add_to_album(album=album, items=items)
    return album


@transaction.atomic
def edit_album(*, album: Album, title: str | None = None, description: str | None = None) -> None:
    """Change title or description; what is not given stays."""
    given = {"title": title, "description": description, "changed_at": timezone.now()}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        setattr(album, name, value)
    album.save(update_fields=list(changed))
    mirrors.note_album(album.pk)


@transaction.atomic
def add_to_album(*, album: Album, items: Iterable[Item]) -> int:
    """Put items at the album's end in the order given; how many were not there yet.

    Items of another owner are left out.
    """
    _take_turns(album)
    own = {item.pk: item for item in items if item.owner_id == album.owner_id}
    there = set(album.places.filter(item__in=own).values_list("item_id", flat=True))
    newcomers = [item for item in own.values() if item.pk not in there]
    positions = ordering.after(_last_position(album), len(newcomers))
    AlbumItem.objects.bulk_create(
        AlbumItem(album=album, item=item, position=position)
        for item, position in zip(newcomers, positions, strict=True)
    )
    if newcomers:
        touch(album)
    return len(newcomers)


@transaction.atomic
def remove_from_album(*, album: Album, items: Iterable[Item]) -> int:
    """Take items out of the album, not out of the library; how many there were."""
    _take_turns(album)
    ids = [item.pk for item in items]
    removed, _ = album.places.filter(item__in=ids).delete()
    if removed:
        touch(album)
        Album.objects.filter(pk=album.pk, cover__in=ids).update(cover=None)
    return removed


@transaction.atomic
def put_back(*, album: Album, item: Item, position: int) -> None:
    """Give an item a place that it had in an album. One that has a place keeps it."""
    _take_turns(album)
    place = {"position": position}
    _, is_new = AlbumItem.objects.get_or_create(album=album, item=item, defaults=place)
    if is_new:
        touch(album)


@transaction.atomic
def move_in_album(*, album: Album, item: Item, before: Item | None) -> None:
    """Put an item in front of another, or at the end. Raises ItemNotInAlbum."""
    _take_turns(album)
    place = _place(album, item)
    if item == before:
        return
    lower, upper = _gap_before(album, place, before)
    position = ordering.between(lower, upper)
    if position is None:
        _renumber(album)
        position = ordering.between(*_gap_before(album, place, before))
    album.places.filter(pk=place.pk).update(position=position)
    touch(album)


@transaction.atomic
def set_cover(*, album: Album, item: Item | None) -> None:
    """Choose the cover; None means the first item. Raises ItemNotInAlbum."""
    if item:
        _place(album, item)
    album.cover = item
    album.changed_at = timezone.now()
    album.save(update_fields=["cover", "changed_at"])


def touch(album: Album) -> None:
    """Something in the album is not what it was."""
    album.changed_at = timezone.now()
    Album.objects.filter(pk=album.pk).update(changed_at=album.changed_at)
    mirrors.note_album(album.pk)


def _take_turns(album: Album) -> None:
    """Hold the album until the transaction ends, so that two moves cannot choose one place."""
    Album.objects.select_for_update(no_key=True).get(pk=album.pk)


def _place(album: Album, item: Item) -> AlbumItem:
    place = album.places.filter(item=item).first()
    if place is None:
        raise ItemNotInAlbum
    return place


def _last_position(album: Album) -> int | None:
    return album.places.order_by("-position", "-id").values_list("position", flat=True).first()


def _gap_before(
    album: Album, moving: AlbumItem, before: Item | None
) -> tuple[int | None, int | None]:
    """Positions on both sides of where `moving` shall go."""
    others = album.places.exclude(pk=moving.pk)
    if before is None:
        return others.order_by("-position").values_list("position", flat=True).first(), None
    upper = _place(album, before).position
    below = others.filter(position__lt=upper).order_by("-position")
    return below.values_list("position", flat=True).first(), upper


def _renumber(album: Album) -> None:
    """Spread the album's places out again; their order stays."""
    places = list(album.places.order_by("position", "id"))
    for place, position in zip(places, ordering.after(None, len(places)), strict=True):
        place.position = position
    AlbumItem.objects.bulk_update(places, ["position"], batch_size=1000)
