"""Files of synced folders that a browser does not show by itself: asking for what it shows, and
what players fetch. For members of the folder, and for whoever came with a link to it.
"""

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from albums import folder_previews, players
from albums.views import parts
from mediashare.accounts.requests import SignedInRequest
from mediashare.storage.models import Blob
from processing import actions
from sync.protocol.messages import File, Revision
from sync.server import contents, previews, visiting
from sync.server.browsing import moment
from sync.server.models import Folder, FolderLink
from sync.server.views import finding
from sync.server.views.public import through_link

BUSY = "Many files of this folder are being prepared just now. Try again later."


class Shown(NamedTuple):
    """A file that something is made of, its bytes, and the page that shows it."""

    file: File
    blob: Blob
    door: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, folder_id: UUID, entry: str) -> HttpResponse:
    """How far it is, for htmx; a POST asks for it, and its owner's for another try."""
    member = finding.member(request, folder_id)
    door = reverse("sync:entry", args=[folder_id, entry])
    shown = _shown(member.folder, finding.entry(folder_id, entry), door)
    if request.method == "POST":
        _ask(shown, is_visitor=False)
        if member.manages:
            actions.retry_failed(blob=shown.blob)
    return _answer(request, shown, may_retry=member.manages)


@login_required
@require_safe
def stream(request: SignedInRequest, folder_id: UUID, entry: str, file: str) -> HttpResponse:
    """A playlist or storyboard of a film."""
    member = finding.member(request, folder_id)
    return _play(request, _shown(member.folder, finding.entry(folder_id, entry), ""), file)


@require_http_methods(["GET", "HEAD", "POST"])
@through_link
def public_preview(request: HttpRequest, link: FolderLink, token: str, entry: str) -> HttpResponse:
    """The same for a visitor, who tries nothing again that came to nothing."""
    door = reverse("folder_link", args=[token, entry])
    shown = _shown(link.folder, visiting.look(link, request.session, entry).here, door)
    refusal = ""
    if request.method == "POST":
        try:
            _ask(shown, is_visitor=True)
        except folder_previews.TooManyWait:
            refusal = BUSY
    return _answer(request, shown, refusal=refusal)


@require_safe
@through_link
def public_stream(
    request: HttpRequest, link: FolderLink, token: str, entry: str, file: str
) -> HttpResponse:
    """The same of a film that a link shows."""
    here = visiting.look(link, request.session, entry).here
    return _play(request, _shown(link.folder, here, ""), file)


def _shown(folder: Folder, here: Revision | None, door: str) -> Shown:
    """Raises Http404 for what is no file, is gone, or is shown as it is."""
    if here is None or not isinstance(here.now, File):
        raise Http404
    wanted = previews.preview_of(here.now.name, here.now.size_bytes)
    blob = contents.blob_of(folder, here.now)
    if wanted is None or wanted.kind not in previews.ASKED or blob is None:
        raise Http404
    return Shown(here.now, blob, door)


def _ask(shown: Shown, *, is_visitor: bool) -> None:
    """Raises TooManyWait."""
    folder_previews.ask(
        shown.blob,
        name=shown.file.name,
        modified_at=moment(shown.file.modified_ms),
        is_visitor=is_visitor,
    )


def _answer(
    request: HttpRequest, shown: Shown, *, may_retry: bool = False, refusal: str = ""
) -> HttpResponse:
    """The part of the page for htmx; without script the whole page is looked at again."""
    if not parts.is_wanted(request):
        if refusal:
            messages.error(request, refusal)
        return redirect(shown.door)
    context = {
        "made": folder_previews.preview_of(shown.blob, name=shown.file.name),
        "door": shown.door,
        "may_retry": may_retry,
        "refusal": refusal,
    }
    return render(request, "albums/folder_preview.html", context)


def _play(request: HttpRequest, shown: Shown, file: str) -> HttpResponse:
    item = folder_previews.item_of(shown.blob, name=shown.file.name)
    return players.answer(request, item, file)
