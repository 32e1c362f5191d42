"""Ask for a film of an album, or of what was selected. Making it is a job like any other."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from albums import actions, scenes
from albums.forms import FilmForm
from albums.models import Album, Item
from albums.views import finding


@login_required
@require_http_methods(["GET", "POST"])
def of_album(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """Everything in an album, in its order."""
    album = finding.own_album(request, album_id)
    places = album.places.shown()
    in_order = places.filter(scenes.showable("item__")).select_related("item")
    items = [place.item for place in in_order[: actions.MOST_SCENES + 1]]
    states = places.order_by().values_list("item__state", "item__kind").annotate(Count("pk"))
    left_out = scenes.left_out({(state, kind): count for state, kind, count in states})
    is_sent = request.method == "POST"
    return _ask(request, items, left_out, album=album, is_sent=is_sent)


@login_required
@require_POST
def of_selection(request: HttpRequest) -> HttpResponse:
    """What was selected, as the form of `show` sends it."""
    items = finding.picked_items(request)
    if not items:
        return redirect("albums:library")
    return _ask_of(request, items, is_sent=True)


def show(request: HttpRequest, items: list[Item]) -> HttpResponse:
    """The form, for a selection."""
    return _ask_of(request, items, is_sent=False)


def _ask_of(request: HttpRequest, items: Sequence[Item], *, is_sent: bool) -> HttpResponse:
    left_out = scenes.left_out(Counter((item.state, item.kind) for item in items))
    shown = [item for item in items if scenes.can_be_shown(item)]
    return _ask(request, shown, left_out, album=None, is_sent=is_sent)


def _ask(
    request: HttpRequest,
    items: Sequence[Item],
    left_out: str,
    *,
    album: Album | None,
    is_sent: bool,
) -> HttpResponse:
    owner = finding.signed_in(request)
    form = FilmForm(
        request.POST if is_sent else None,
        music=actions.music_of(owner),
        album=album,
        initial={"title": album.title if album else ""},
    )
    if is_sent and items and form.is_valid():
        return _request(request, items, form, album)
    here = reverse("albums:album_film", args=[album.pk]) if album else reverse("albums:film")
    context = {
        "section": "albums",
        "form": form,
        "album": album,
        "items": items[: actions.MOST_SCENES],
        "left_out": left_out,
        "most": actions.MOST_SCENES if len(items) > actions.MOST_SCENES else 0,
        "action": here,
    }
    return render(request, "albums/film.html", context, status=422 if is_sent else 200)


def _request(
    request: HttpRequest, items: Sequence[Item], form: FilmForm, album: Album | None
) -> HttpResponse:
    wish = actions.FilmWish(
        items=items,
        title=form.cleaned_data["title"],
        photo_seconds=form.cleaned_data["photo_seconds"],
        music=form.cleaned_data["music"],
        album=album if form.cleaned_data.get("into_album") else None,
    )
    actions.request_film(owner=finding.signed_in(request), wish=wish)
    messages.success(request, "The film is being made. It will be in your library when it is done.")
    return redirect("albums:jobs")
