"""One item: its page, its tile in a grid, and what its owner may do with it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from albums import actions, facts, pictures, queries, undo
from albums.following import beginning
from albums.models import Item
from albums.similar import queries as similar
from albums.views import finding
from mediashare.bidi import isolated
from processing import actions as processing


@login_required
@require_GET
def item_page(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """An item of the library with what is beside it there."""
    try:
        item = finding.own_item(request, item_id)
    except Http404:
        return _to_what_it_became(request, item_id)
    return _show(request, item, queries.library_neighbours(item=item), place="/")


@login_required
@require_GET
def album_item_page(request: HttpRequest, album_id: UUID, item_id: UUID) -> HttpResponse:
    """The same, with its neighbours in an album."""
    album = finding.own_album(request, album_id)
    item = finding.own_item(request, item_id)
    if not album.places.filter(item=item).exists():
        return redirect("albums:item", item_id)
    beside = queries.album_neighbours(album=album, item=item)
    place = reverse("albums:album", args=[album.pk])
    return _show(request, item, beside, place=place, album=album)


@login_required
@require_POST
def rename(request: HttpRequest, item_id: UUID) -> HttpResponse:
    item = finding.own_item(request, item_id)
    if name := request.POST.get("name", "").strip():
        actions.rename_item(item=item, name=name)
        messages.success(request, "Renamed.")
    return redirect("albums:item", item.pk)


@login_required
@require_POST
def trash(request: HttpRequest, item_id: UUID) -> HttpResponse:
    item = finding.own_item(request, item_id)
    actions.trash_items(owner=finding.signed_in(request), ids=[item.pk])
    address = undo.remember_items(request.session, [item.pk])
    files = finding.said_of_files(beginning.files_that_stay([item.pk]))
    messages.success(
        request, f"Moved “{isolated(item.name)}” to the trash.{files}", extra_tags=address
    )
    return redirect("albums:library")


@login_required
@require_POST
def retry(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Process again what failed. Asking while it is under way changes nothing."""
    item = finding.own_item(request, item_id)
    processing.retry_failed(blob=item.blob)
    messages.info(request, "Trying again.")
    return redirect("albums:item", item.pk)


@login_required
@require_GET
def tile(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """An item as it looks in a grid, for a page that just uploaded it."""
    item = finding.own_item(request, item_id)
    return render(
        request,
        "albums/tile.html",
        {"picture": pictures.of([item])[0], "place": _place(request), "pickable": True},
    )


@login_required
@require_GET
def states(request: HttpRequest) -> HttpResponse:
    """Tiles that changed since a page showed them as `id:mark`; they replace themselves."""
    shown = finding.shown_marks(request)
    found = queries.pictures_of(viewer=finding.signed_in(request), ids=shown)
    merged = finding.merged_items(request, set(shown) - {picture.item.pk for picture in found})
    for item in merged.values():
        messages.info(request, f"“{isolated(item.name)}” is already in your library.")
    context = {
        "changed": finding.changed(found, shown),
        "merged": list(merged),
        "place": _place(request),
        "pickable": True,
    }
    return render(request, "albums/states.html", context)


def _to_what_it_became(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Where the address of an item leads whose bytes were in the library before."""
    item = finding.merged_items(request, [item_id]).get(item_id)
    if item is None:
        raise Http404
    messages.info(request, "This file was already in your library. Here it is.")
    return redirect("albums:item", item.pk)


def _place(request: HttpRequest) -> str:
    """The address that tiles are under: an album's, if the page says it is one."""
    album_ids = finding.picked_ids(request.GET.getlist("album"))
    return reverse("albums:album", args=album_ids[:1]) if album_ids else "/"


def _show(
    request: HttpRequest,
    item: Item,
    beside: queries.Neighbours,
    *,
    place: str,
    album: object = None,
) -> HttpResponse:
    picture = pictures.of([item])[0]
    if request.GET.get("part") == "motion" and picture.will_move:
        # What is shown stays as it is until there is more.
        return HttpResponse(status=204)
    context = {
        "section": "albums" if album else "library",
        "picture": picture,
        "facts": facts.of(item),
        "beside": beside,
        "place": place,
        "album": album,
        "is_own": True,
        "stack_size": similar.stack_size(item),
    }
    part = "#facts" if request.GET.get("part") == "facts" else ""
    return render(request, f"albums/item.html{part}", context)
