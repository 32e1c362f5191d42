"""What is done with several items at once: one form, told apart by the button pressed."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from albums import actions, archive_wishes, queries, undo
from albums.following import beginning
from albums.models import Album, Item
from albums.views import archives, corrections, films, finding, parts
from albums.views.site import back_to
from mediashare.bidi import isolated


@login_required
@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Do to the picked items, or to the album they are in, what the pressed button says."""
    items = finding.picked_items(request)
    if not items:
        messages.info(request, "Select something first.")
        return _to_where_they_were(request)
    return DOING.get(request.POST.get("do", ""), _choose_album)(request, items)


def _trash(request: HttpRequest, items: list[Item]) -> HttpResponse:
    ids = [item.pk for item in items]
    count = actions.trash_items(owner=finding.signed_in(request), ids=ids)
    files = finding.said_of_files(beginning.files_that_stay(ids))
    messages.success(
        request,
        f"Moved {finding.said_items(count)} to the trash.{files}",
        extra_tags=undo.remember_items(request.session, ids),
    )
    return _to_where_they_were(request)


def _remove(request: HttpRequest, items: list[Item]) -> HttpResponse:
    album = _album(request)
    count = actions.remove_from_album(album=album, items=items)
    messages.success(
        request, f"Took {finding.said_items(count)} out of the album. The library still has them."
    )
    return redirect("albums:album", album.pk)


def _make_cover(request: HttpRequest, items: list[Item]) -> HttpResponse:
    album = _album(request)
    try:
        actions.set_cover(album=album, item=items[0])
    except actions.ItemNotInAlbum as error:
        raise Http404 from error
    messages.success(request, "The album has a new cover.")
    return redirect("albums:album", album.pk)


def _archive(request: HttpRequest, items: list[Item]) -> HttpResponse:
    return archives.ask(request, archive_wishes.selection(items))


def _stack(request: HttpRequest, items: list[Item]) -> HttpResponse:
    """The first of them is shown for all."""
    ids = [item.pk for item in items]
    if len(ids) < 2:
        messages.info(request, "A stack takes two items or more.")
        return _to_where_they_were(request)
    count = actions.stack_items(owner=finding.signed_in(request), front=ids[0], ids=ids)
    stacked = finding.said_items(count + 1)
    messages.success(request, f"Stacked {stacked}; “{isolated(items[0].name)}” is shown for all.")
    return _to_where_they_were(request)


def _choose_album(request: HttpRequest, items: list[Item]) -> HttpResponse:
    context = {
        "section": "albums",
        "items": items,
        "count": finding.said_items(len(items)),
        "cards": queries.albums_to_fill(user=finding.signed_in(request)),
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


DOING: dict[str, Callable[[HttpRequest, list[Item]], HttpResponse]] = {
    "trash": _trash,
    "remove": _remove,
    "cover": _make_cover,
    "archive": _archive,
    "stack": _stack,
    "correct": corrections.show,
    "film": films.show,
}
