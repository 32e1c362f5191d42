"""Albums: the list, one album, and making, editing and deleting them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from albums import actions, queries
from albums.cursors import CursorIsMalformed
from albums.forms import AlbumForm
from albums.models import Album
from albums.views import finding, parts


@login_required
@require_http_methods(["GET", "POST"])
def album_list(request: HttpRequest) -> HttpResponse:
    """All albums; a POST makes one, with the items that the form names."""
    form = AlbumForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        album = actions.create_album(
            owner=finding.signed_in(request),
            title=form.cleaned_data["title"],
            description=form.cleaned_data["description"],
            items=finding.picked_items(request),
        )
        return redirect("albums:album", album.pk)
    cards = queries.album_list(user=finding.signed_in(request))
    context = {"section": "albums", "cards": cards, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "albums/album_list.html", context, status=status)


@login_required
@require_GET
def album_page(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """An album's items in order; for htmx only the next piece of them."""
    album = finding.own_album(request, album_id)
    cursor = request.GET.get("cursor", "")
    try:
        page = queries.album_page(album=album, viewer=finding.signed_in(request), cursor=cursor)
    except CursorIsMalformed:
        return redirect("albums:album", album.pk)
    context = {
        "section": "albums",
        "takes_files": True,
        "album": album,
        "page": page,
        "count": album.places.shown().count(),
        "place": reverse("albums:album", args=[album.pk]),
        "is_first": not cursor,
    }
    template = parts.template(request, "albums/album.html", part="pictures")
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, album_id: UUID) -> HttpResponse:
    album = finding.own_album(request, album_id)
    initial = {"title": album.title, "description": album.description}
    form = AlbumForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.edit_album(album=album, **form.cleaned_data)
        return redirect("albums:album", album.pk)
    context = {"section": "albums", "album": album, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "albums/edit_album.html", context, status=status)


@login_required
@require_POST
def trash(request: HttpRequest, album_id: UUID) -> HttpResponse:
    album = finding.own_album(request, album_id)
    actions.trash_album(album=album)
    address = reverse("albums:restore_album", args=[album.pk])
    text = f"Deleted “{album.title}”. Its pictures stay in the library."
    messages.success(request, text, extra_tags=address)
    return redirect("albums:albums")


@login_required
@require_POST
def restore(request: HttpRequest, album_id: UUID) -> HttpResponse:
    albums = Album.objects.visible_to(finding.signed_in(request))
    album = get_object_or_404(albums, pk=album_id)
    actions.restore_album(album=album)
    return redirect("albums:album", album.pk)
