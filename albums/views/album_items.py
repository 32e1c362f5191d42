"""What is in an album: adding from the library, and the order."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from albums import actions, groups, queries
from albums.cursors import CursorIsMalformed
from albums.following import beginning
from albums.models import Album, Item
from albums.views import finding, parts
from mediashare.bidi import isolated

# An order is made by hand; who has more than this in an album sorts them otherwise.
MOST_TO_ARRANGE = 2000


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """Pick items of the library; a POST puts them at the album's end."""
    album = finding.own_album(request, album_id)
    if beginning.following_of(album):
        messages.error(
            request, f"“{isolated(album.title)}” follows a folder. {beginning.PUT_IT_THERE}"
        )
        return redirect("albums:album", album.pk)
    if request.method == "POST":
        count = actions.add_to_album(album=album, items=finding.picked_items(request))
        messages.success(request, f"Added {finding.said_items(count)}.")
        return redirect("albums:album", album.pk)
    cursor = request.GET.get("cursor", "")
    try:
        page = queries.library_page(user=finding.signed_in(request), cursor=cursor)
    except CursorIsMalformed:
        return redirect("albums:add", album.pk)
    month = groups.month_in(request.GET.get("after", "")) if cursor else ""
    context = {
        "section": "albums",
        "album": album,
        "groups": groups.by_month(page.pictures, after=month),
        "next": page.next,
    }
    template = parts.template(request, "albums/add_to_album.html", part="groups")
    return render(request, template, context)


@login_required
@require_GET
def arrange(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """The album as a list that can be put in order, by dragging or with two buttons each."""
    album = finding.own_album(request, album_id)
    page = queries.album_page(album=album, viewer=finding.signed_in(request), size=MOST_TO_ARRANGE)
    context = {"section": "albums", "album": album, "page": page}
    return render(request, "albums/arrange.html", context)


@login_required
@require_POST
def move(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """Put `item` in front of `before`, at the end without it, or one step `earlier` or `later`."""
    album = finding.own_album(request, album_id)
    item = _named(request, album, "item")
    if item is None:
        raise Http404
    step = request.POST.get("step")
    before = _beside(album, item, step) if step else _named(request, album, "before")
    if before != item:
        actions.move_in_album(album=album, item=item, before=before)
    if parts.is_wanted(request):
        return HttpResponse(status=204)
    return redirect(reverse("albums:arrange", args=[album.pk]) + f"#place-{item.pk}")


def _named(request: HttpRequest, album: Album, field: str) -> Item | None:
    """An item of the album named in the form; None if the field is empty or names another."""
    ids = finding.picked_ids(request.POST.getlist(field))
    return Item.objects.shown().filter(albums=album, pk__in=ids[:1]).first()


def _beside(album: Album, item: Item, step: str) -> Item | None:
    """In front of which item one step leads; the item itself when it is at that end."""
    places = album.places.shown().select_related("item").order_by("position", "id")
    order = [place.item for place in places]
    here = order.index(item)
    if step == "earlier":
        return order[max(0, here - 1)]
    if here == len(order) - 1:
        return item
    return order[here + 2] if here + 2 < len(order) else None
