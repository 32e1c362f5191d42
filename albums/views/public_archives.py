"""All of a shared album as a ZIP, for whoever came with its link.

It is made once for all visitors of all such links, and only as large and as often as limits
allow, so that a link that went round the world costs its owner's site no more than one archive.
"""

from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.throttling import ScopedRateThrottle

from albums import archive_wishes, permissions
from albums.archive_cards import ArchiveCard
from albums.models import ShareLink
from albums.views.archives import to_bytes
from albums.views.public import through_share
from processing.archives import actions
from processing.archives.models import Archive


@require_http_methods(["GET", "POST"])
@through_share
def public_archive(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """How far the archive is; a POST asks for it."""
    _admit(request, link)
    if request.method == "POST":
        _ask(request, link)
        return redirect("albums:public_archive", token)
    archive = _present(link)
    context = {
        "album": link.album,
        "card": ArchiveCard(archive, timezone.now()) if archive else None,
        "place": reverse("albums:public_album", args=[token]),
        "size_bytes": _size_of(link),
    }
    return render(request, "albums/public_archive.html", context)


@require_GET
@through_share
def file(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """To the bytes of a ready archive."""
    _admit(request, link)
    archive = _present(link)
    if archive is None:
        raise Http404
    return to_bytes(archive)


def _admit(request: HttpRequest, link: ShareLink) -> None:
    visitor = permissions.visitor_through(link, request.session)
    if not visitor.may_download:
        raise Http404


def _present(link: ShareLink) -> Archive | None:
    """The archive of the album as it is now: one that holds more than it shows is not given."""
    wish = archive_wishes.album_for_visitors(link)
    kept = Archive.objects.kept(timezone.now()).filter(owner=link.album.owner_id)
    same = kept.filter(fingerprint=wish.fingerprint).select_related("job")
    return same.order_by("-created_at").first()


def _ask(request: HttpRequest, link: ShareLink) -> None:
    size = _size_of(link)
    if not size:
        messages.info(request, "There is nothing in this album to download.")
    elif size > settings.ARCHIVE_VISITOR_BYTES:
        limit = filesizeformat(settings.ARCHIVE_VISITOR_BYTES)
        words = f"This album is larger than {limit}. Please download its pictures one by one."
        messages.error(request, words)
    elif not _is_in_limits(request):
        messages.error(request, "Too many downloads were asked for from here. Try again later.")
    else:
        _request(request, link)


def _request(request: HttpRequest, link: ShareLink) -> None:
    present = _present(link)
    if present and present.state == "failed" and actions.retry_archive(archive=present):
        return
    wish = archive_wishes.album_for_visitors(link)
    try:
        actions.request_archive(owner=link.album.owner, wish=wish)
    except actions.TooManyArchives:
        messages.error(request, "Many downloads are being prepared just now. Try again later.")


def _size_of(link: ShareLink) -> int:
    places = link.album.places.shown()
    return int(places.aggregate(size=Sum("item__blob__size_bytes"))["size"] or 0)


def _is_in_limits(request: HttpRequest) -> bool:
    """Counted for each network address, or person, as requests to the API are."""
    view = cast(Any, SimpleNamespace(throttle_scope="archives"))
    # It reads headers and the person only, so Django's own request does as well as DRF's.
    return ScopedRateThrottle().allow_request(cast(Any, request), view)
