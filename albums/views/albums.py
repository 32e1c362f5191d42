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
from albums.following import beginning
from albums.forms import AlbumForm
from albums.models import Album, Following
from albums.views import finding, parts
from mediashare.bidi import isolated


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
    """An album's items in order; for htmx only the next piece of them.

    With `mark` only whether the album is as it was on a page with that mark: 204, or else 205.
    """
    album = finding.own_album(request, album_id)
    mark = str(album.changed_at.timestamp())
    if "mark" in request.GET:
        return HttpResponse(status=204 if request.GET["mark"] == mark else 205)
    cursor = request.GET.get("cursor", "")
    try:
        page = queries.album_page(album=album, viewer=finding.signed_in(request), cursor=cursor)
    except CursorIsMalformed:
        return redirect("albums:album", album.pk)
    following = beginning.following_of(album)
    context = {
        "section": "albums",
        "takes_files": following is None,
        "following": following,
        "mark": mark,
        "folder_address": _address_of(following),
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
    text = f"Deleted “{isolated(album.title)}”. Its pictures stay in the library."
    messages.success(request, text, extra_tags=address)
    return redirect("albums:albums")


@login_required
@require_POST
def restore(request: HttpRequest, album_id: UUID) -> HttpResponse:
    albums = Album.objects.visible_to(finding.signed_in(request))
    album = get_object_or_404(albums, pk=album_id)
    actions.restore_album(album=album)
    return redirect("albums:album", album.pk)


def _address_of(following: Following | None) -> str:
    """The page of the folder that an album follows; empty when there is none."""
    if following is None or following.folder.deleted_at:
        return ""
    if following.place:
        return reverse("sync:entry", args=[following.folder_id, following.place])
    return reverse("sync:folder", args=[following.folder_id])
