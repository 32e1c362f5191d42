"""An album that follows a folder: made from a folder's page, and let go on the album's."""

from http import HTTPStatus
from uuid import UUID

import msgspec
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from albums.following import beginning, looking
from albums.forms import FollowForm, StopFollowingForm
from albums.views import finding
from mediashare.bidi import isolated
from sync.protocol.messages import Folder as FolderState
from sync.protocol.messages import Identity
from sync.server import permissions
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, Member


@login_required
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    """Make an album of a folder, or with `place` of one inside it. There is one for each."""
    folder = _own_folder(request, folder_id)
    place, name = _place(request, folder)
    album = beginning.album_of(folder, place)
    if album is not None and album.deleted_at is None:
        return redirect("albums:album", album.pk)
    is_sent = request.method == "POST"
    form = FollowForm(request.POST if is_sent else None, initial={"title": name})
    if is_sent and form.is_valid():
        album = beginning.follow(folder=folder, place=place, title=form.cleaned_data["title"])
        messages.success(
            request, f"“{isolated(album.title)}” shows what is in “{isolated(name)}” from now on."
        )
        return redirect("albums:album", album.pk)
    context = {"section": "folders", "folder": folder, "place": place, "name": name, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_sent else HTTPStatus.OK
    return render(request, "albums/follow.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def followed(request: HttpRequest, album_id: UUID) -> HttpResponse:
    """Which folder an album follows; a POST lets it follow no longer."""
    album = finding.own_album(request, album_id)
    following = beginning.following_of(album)
    if following is None:
        raise Http404
    is_sent = request.method == "POST"
    form = StopFollowingForm(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        keep = form.cleaned_data["items"] == "keep"
        beginning.stop(following=following, keep_items=keep)
        messages.success(request, f"“{isolated(album.title)}” is an album like any other now.")
        return redirect("albums:album", album.pk)
    context = {
        "section": "albums",
        "album": album,
        "following": following,
        "is_there": looking.is_there(following),
        "is_behind": get_journal().head(following.folder_id) > following.number,
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_sent else HTTPStatus.OK
    return render(request, "albums/following.html", context, status=status)


def _own_folder(request: HttpRequest, folder_id: UUID) -> Folder:
    """Raises Http404 for strangers, and PermissionDenied for members who do not own it."""
    member = permissions.membership(user=finding.signed_in(request), folder_id=folder_id)
    if member.role != Member.Role.OWNER:
        raise PermissionDenied
    return member.folder


def _place(request: HttpRequest, folder: Folder) -> tuple[Identity, str]:
    """Which place of a folder is meant, and what it is called. Raises Http404."""
    place = request.GET.get("place", "")
    if not place:
        return "", folder.name
    try:
        found = get_journal().entry(folder.pk, msgspec.convert(place, Identity))
    except msgspec.ValidationError as error:
        raise Http404 from error
    if found is None or not isinstance(found.now, FolderState):
        raise Http404
    return place, found.state.name
