"""A ZIP that a link offers to its visitors: what of it is there, and asking for one.

It is made once for all visitors of all such links, and only as large and as often as limits allow,
so that a link that went round the world costs its owner's site no more than one archive.
Whether somebody may have it is decided before.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.throttling import ScopedRateThrottle

from mediashare.accounts.models import User
from processing.archives import actions
from processing.archives.models import Archive

TOO_OFTEN = "Too many downloads were asked for from here. Try again later."
BUSY = "Many downloads are being prepared just now. Try again later."


@dataclass(frozen=True)
class Offer:
    """Whose it is, what would go in, and the page of what it is of."""

    owner: User
    wish: actions.Wish
    title: str
    place: str


def present(offer: Offer) -> Archive | None:
    """The archive of what is shown now: one that holds more than that is not given."""
    kept = Archive.objects.kept(timezone.now()).filter(owner=offer.owner)
    same = kept.filter(fingerprint=offer.wish.fingerprint).select_related("job")
    return same.order_by("-created_at").first()


def ask(request: HttpRequest, offer: Offer) -> str:
    """Let it be made, or tried again if it failed; else why not, in words."""
    if not _is_in_limits(request):
        return TOO_OFTEN
    there = present(offer)
    if there and there.state == "failed" and actions.retry_archive(archive=there):
        return ""
    try:
        actions.request_archive(owner=offer.owner, wish=offer.wish)
    except actions.TooManyArchives:
        return BUSY
    return ""


def _is_in_limits(request: HttpRequest) -> bool:
    """Counted for each network address, or person, as requests to the API are."""
    view = cast(Any, SimpleNamespace(throttle_scope="archives"))
    # It reads headers and the person only, so Django's own request does as well as DRF's.
    return ScopedRateThrottle().allow_request(cast(Any, request), view)
