"""All of a shared album, or of a shared folder, as a ZIP for whoever came with its link."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from albums import archive_wishes, folder_archives, permissions, visitors_archives
from albums.archive_cards import ArchiveCard
from albums.models import ShareLink
from albums.views.archives import to_bytes
from albums.views.public import through_share
from albums.visitors_archives import Offer
from sync.protocol.messages import Folder
from sync.server import visiting
from sync.server.models import FolderLink
from sync.server.views.public import through_link


@require_http_methods(["GET", "POST"])
@through_share
def public_archive(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """How far the archive of an album is; a POST asks for it."""
    offer = _of_album(request, link, token)
    size = int(link.album.places.shown().aggregate(n=Sum("item__blob__size_bytes"))["n"] or 0)
    if request.method == "POST":
        if not size:
            messages.info(request, "There is nothing in this album to download.")
        elif size > settings.ARCHIVE_VISITOR_BYTES:
            limit = filesizeformat(settings.ARCHIVE_VISITOR_BYTES)
            words = f"This album is larger than {limit}. Please download its pictures one by one."
            messages.error(request, words)
        else:
            return _ask(request, offer)
        return redirect(request.path)
    return _page(request, offer, size_bytes=size)


@require_GET
@through_share
def file(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """To the bytes of a ready archive."""
    return _file(_of_album(request, link, token))


@require_http_methods(["GET", "POST"])
@through_link
def folder_archive(
    request: HttpRequest, link: FolderLink, token: str, entry: str = ""
) -> HttpResponse:
    """The same of a folder, or of one in it. How large it is, its maker finds out."""
    offer = _of_folder(request, link, token, entry)
    if request.method == "POST":
        return _ask(request, offer)
    return _page(request, offer)


@require_GET
@through_link
def folder_archive_file(
    request: HttpRequest, link: FolderLink, token: str, entry: str = ""
) -> HttpResponse:
    """To the bytes of a ready archive."""
    return _file(_of_folder(request, link, token, entry))


def _of_album(request: HttpRequest, link: ShareLink, token: str) -> Offer:
    visitor = permissions.visitor_through(link, request.session)
    if not visitor.may_download:
        raise Http404
    wish = archive_wishes.album_for_visitors(link)
    place = reverse("albums:public_album", args=[token])
    return Offer(link.album.owner, wish, link.album.title, place)


def _of_folder(request: HttpRequest, link: FolderLink, token: str, entry: str) -> Offer:
    here = visiting.look(link, request.session, entry).here
    if here is not None and not isinstance(here.state, Folder):
        raise Http404
    folder, title = link.folder, here.state.name if here else link.folder.name
    picked = [here.entry] if here else []
    wish = folder_archives.wish(folder, picked, name=title, is_for_visitors=True)
    place = reverse("folder_link", args=[token, entry] if entry else [token])
    return Offer(folder.owner, wish, title, place)


def _page(request: HttpRequest, offer: Offer, **more: object) -> HttpResponse:
    there = visitors_archives.present(offer)
    card = ArchiveCard(there, timezone.now()) if there else None
    context = {"offer": offer, "card": card, **more}
    return render(request, "albums/public_archive.html", context)


def _ask(request: HttpRequest, offer: Offer) -> HttpResponse:
    if refusal := visitors_archives.ask(request, offer):
        messages.error(request, refusal)
    return redirect(request.path)


def _file(offer: Offer) -> HttpResponse:
    archive = visitors_archives.present(offer)
    if archive is None:
        raise Http404
    return to_bytes(archive)
