"""One item takes the places of others in albums, and gives them back when that is undone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from albums.actions.albums import add_to_album, move_in_album, remove_from_album
from albums.models import Album, AlbumItem, Item
from mediashare.accounts.models import User


@dataclass(frozen=True)
class Succession:
    """What an heir was given: albums it was not in, and covers that were another's."""

    heir: UUID
    albums: list[UUID] = field(default_factory=list)
    covers: dict[UUID, UUID] = field(default_factory=dict)


@transaction.atomic
def take_places(*, heir: Item, of: Iterable[Item]) -> Succession:
    """Put an item into every album of some others, in front of the first of them there.

    Where one of them is the cover, it becomes the cover. The others keep their own places.
    """
    places = AlbumItem.objects.filter(item__in=list(of), album__owner=heir.owner_id)
    firsts: dict[UUID, AlbumItem] = {}
    for place in places.select_related("album", "item").order_by("album", "position", "id"):
        firsts.setdefault(place.album_id, place)
    has = set(heir.places.filter(album__in=firsts).values_list("album", flat=True))
    taken = [place for album, place in firsts.items() if album not in has]
    for place in taken:
        add_to_album(album=place.album, items=[heir])
        move_in_album(album=place.album, item=heir, before=place.item)
    return Succession(heir.pk, [place.album_id for place in taken], _take_covers(heir, of))


def _take_covers(heir: Item, of: Iterable[Item]) -> dict[UUID, UUID]:
    others = Album.objects.filter(owner=heir.owner_id, cover__in=[item.pk for item in of])
    covers = dict(others.select_for_update().exclude(cover=heir).values_list("pk", "cover"))
    Album.objects.filter(pk__in=covers).update(cover=heir)
    return covers


@transaction.atomic
def give_places_back(*, owner: User, succession: Succession) -> None:
    """Undo `take_places`, as far as nobody has changed it since."""
    heirs = Item.objects.filter(owner=owner, pk=succession.heir)
    for album in Album.objects.filter(owner=owner, pk__in=succession.albums):
        remove_from_album(album=album, items=heirs)
    former = Item.objects.filter(owner=owner).in_bulk(list(succession.covers.values()))
    # Taking the heir out of an album has taken it off the cover, too.
    untouched = Album.objects.filter(Q(cover=None) | Q(cover=succession.heir), owner=owner)
    for album_id, cover in succession.covers.items():
        if cover in former:
            untouched.filter(pk=album_id).update(cover=cover)
