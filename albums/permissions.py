"""The one place that decides who is let in: share addresses, and the passwords on them.

What somebody sees once inside is written in `albums.visitors`. A page never looks a share
link up by its id: it asks `find_share`, then `visitor_through`.
"""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from albums.models import ShareLink
from albums.visitors import Viewer, Visitor
from mediashare.sharing import addresses
from mediashare.sharing.addresses import ShareNotFound
from mediashare.sharing.attempts import TooManyAttempts
from mediashare.sharing.locks import ShareIsLocked, expect_unlocked, is_unlocked, unlock
from mediashare.sharing.models import ShareExpired, ShareRevoked

__all__ = [
    "ShareExpired",
    "ShareIsLocked",
    "ShareNotFound",
    "ShareRevoked",
    "TooManyAttempts",
    "Viewer",
    "Visitor",
    "find_share",
    "is_unlocked",
    "share_token",
    "unlock",
    "visitor_through",
]

SALT = "albums.share.address"


def share_token(link: ShareLink) -> str:
    """The secret in a link's address: its id and a signature over it, 43 URL-safe characters."""
    return addresses.token_of(link.pk, salt=SALT)


def find_share(token: str, now: datetime) -> ShareLink:
    """The live link of an address, with its album and owner.

    Raises ShareNotFound, ShareRevoked or ShareExpired; only who holds a genuine address
    learns which.
    """
    share_id = addresses.id_in(token, salt=SALT)
    links = ShareLink.objects.select_related("album__owner")
    link = links.filter(pk=share_id, album__deleted_at=None, album__owner__is_active=True).first()
    if link is None:
        raise ShareNotFound
    link.expect_open(now)
    return link


def visitor_through(link: ShareLink, session: SessionBase) -> Visitor:
    """Whoever came with `link`; raises ShareIsLocked until its password was given."""
    expect_unlocked(session, link)
    return Visitor.through(link)
