"""How views find what a request is about. What a person may not see is not found."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from albums.models import Album, Item, MergedItem
from albums.pictures import Picture
from mediashare.accounts.models import User

MOST_AT_ONCE = 1000
STATES_AT_ONCE = 100


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that login_required let through."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def own_item(request: HttpRequest, item_id: UUID) -> Item:
    """One of the person's items that is not in the trash, with its blob."""
    items = Item.objects.kept().visible_to(signed_in(request)).select_related("blob")
    return get_object_or_404(items, pk=item_id)


def merged_items(request: HttpRequest, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """What items that are no more became, when it was found that the person had their bytes."""
    merged = MergedItem.objects.filter(pk__in=list(ids), item__owner=signed_in(request))
    return {each.pk: each.item for each in merged.select_related("item")}


def own_album(request: HttpRequest, album_id: UUID) -> Album:
    albums = Album.objects.kept().visible_to(signed_in(request))
    return get_object_or_404(albums.select_related("following__folder"), pk=album_id)


def picked_ids(values: Iterable[str]) -> list[UUID]:
    """The ids of a form or address, in their order; what is no id is left out."""
    ids = []
    for value in list(values)[:MOST_AT_ONCE]:
        try:
            ids.append(UUID(value))
        except ValueError:
            continue
    return ids


def shown_marks(request: HttpRequest) -> dict[UUID, str]:
    """What a page shows of items that are not finished, as it says in `item`: `id:mark`."""
    pairs = [pair.partition(":") for pair in request.GET.getlist("item")[:STATES_AT_ONCE]]
    return {item_id: mark for name, colon, mark in pairs for item_id in picked_ids([name]) if colon}


def changed(found: Iterable[Picture], shown: dict[UUID, str]) -> list[Picture]:
    """Those of which a page that shows these marks would say something else."""
    return [
        picture
        for picture in found
        if not picture.is_unfinished or picture.pending_mark != shown[picture.item.pk]
    ]


def picked_items(request: HttpRequest) -> list[Item]:
    """The person's own items that a form names, in the form's order."""
    ids = picked_ids(request.POST.getlist("item"))
    found = Item.objects.kept().visible_to(signed_in(request)).in_bulk(ids)
    return [found[item_id] for item_id in ids if item_id in found]


def said_items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def said_of_files(count: int) -> str:
    """That files stay in a folder, though the items that show them were thrown away."""
    if not count:
        return ""
    return " Its file stays in the folder." if count == 1 else f" {count} files stay in folders."
