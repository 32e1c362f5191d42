"""What is done with several items at once: one form, told apart by the button pressed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from albums import actions, archive_wishes, queries, undo
from albums.models import Album, Item
from albums.views import archives, finding, parts
from albums.views.site import back_to


@login_required
@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Trash the picked items, choose an album for them, or change the album they are seen in."""
    items = finding.picked_items(request)
    if not items:
        messages.info(request, "Select something first.")
        return _to_where_they_were(request)
    match request.POST.get("do"):
        case "trash":
            return _trash(request, items)
        case "remove":
            return _remove(request, items, _album(request))
        case "archive":
            return archives.ask(request, archive_wishes.selection(items))
        case "cover":
            return _make_cover(request, items[0], _album(request))
        case _:
            return _choose_album(request, items)


def _trash(request: HttpRequest, items: list[Item]) -> HttpResponse:
    ids = [item.pk for item in items]
    count = actions.trash_items(owner=finding.signed_in(request), ids=ids)
    messages.success(
        request,
        f"Moved {finding.said_items(count)} to the trash.",
        extra_tags=undo.remember_items(request.session, ids),
    )
    return _to_where_they_were(request)


def _remove(request: HttpRequest, items: list[Item], album: Album) -> HttpResponse:
    count = actions.remove_from_album(album=album, items=items)
    messages.success(
        request, f"Took {finding.said_items(count)} out of the album. The library still has them."
    )
    return redirect("albums:album", album.pk)


def _make_cover(request: HttpRequest, item: Item, album: Album) -> HttpResponse:
    try:
        actions.set_cover(album=album, item=item)
    except actions.ItemNotInAlbum as error:
        raise Http404 from error
    messages.success(request, "The album has a new cover.")
    return redirect("albums:album", album.pk)


def _choose_album(request: HttpRequest, items: list[Item]) -> HttpResponse:
    context = {
        "section": "albums",
        "items": items,
        "count": finding.said_items(len(items)),
        "cards": queries.album_list(user=finding.signed_in(request)),
    }
    template = parts.template(request, "albums/choose_album.html", part="sheet")
    return render(request, template, context)


def _album(request: HttpRequest) -> Album:
    ids = finding.picked_ids(request.POST.getlist("album"))
    if not ids:
        raise Http404
    return finding.own_album(request, ids[0])


def _to_where_they_were(request: HttpRequest) -> HttpResponse:
    ids = finding.picked_ids(request.POST.getlist("album"))
    default = reverse("albums:album", args=ids[:1]) if ids else reverse("albums:library")
    return back_to(request, default=default)
