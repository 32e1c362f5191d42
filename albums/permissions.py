"""The one place that decides who is let in: share addresses, and the passwords on them.

What somebody sees once inside is written in `albums.visitors`. A page never looks a share
link up by its id: it asks `find_share`, then `visitor_through`.
"""

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from albums import attempts
from albums.attempts import TooManyAttempts
from albums.models import ShareLink
from albums.visitors import Viewer, Visitor

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

_SIGNATURE_BYTES = 16
_ID_BYTES = 16


class ShareNotFound(Exception):
    """The address is not one that this site gave out, or its album or owner is gone."""


class ShareExpired(Exception):
    """The owner let the link end at a time that has passed."""


class ShareRevoked(Exception):
    """The owner took the link back."""


class ShareIsLocked(Exception):
    """The link has a password, and this session has not given it."""


def share_token(link: ShareLink) -> str:
    """The secret in a link's address: its id and a signature over it, 43 URL-safe characters."""
    return _token(link.pk, secret=settings.SECRET_KEY)


def find_share(token: str, now: datetime) -> ShareLink:
    """The live link of an address, with its album and owner.

    Raises ShareNotFound, ShareRevoked or ShareExpired; only who holds a genuine address
    learns which.
    """
    share_id = _id_in(token)
    links = ShareLink.objects.select_related("album__owner")
    link = links.filter(pk=share_id, album__deleted_at=None, album__owner__is_active=True).first()
    if link is None:
        raise ShareNotFound
    if link.revoked_at:
        raise ShareRevoked
    if link.has_ended(now):
        raise ShareExpired
    return link


def visitor_through(link: ShareLink, session: SessionBase) -> Visitor:
    """Whoever came with `link`; raises ShareIsLocked until its password was given."""
    if not is_unlocked(session, link):
        raise ShareIsLocked
    return Visitor.through(link)


def is_unlocked(session: SessionBase, link: ShareLink) -> bool:
    """Whether this session may enter: no password, or the present one was given."""
    if not link.has_password:
        return True
    return constant_time_compare(session.get(_session_key(link), ""), _proof(link))


def unlock(request: HttpRequest, link: ShareLink, password: str) -> bool:
    """Try a password, and remember the right one in the session until it is changed.

    Raises TooManyAttempts after too many wrong ones from this address or on this link.
    """
    attempt = attempts.count(link=str(link.pk), address=attempts.address_of(request))
    if not link.is_opened_by(password):
        return False
    attempt.forgive()
    request.session.cycle_key()
    request.session[_session_key(link)] = _proof(link)
    return True


def _session_key(link: ShareLink) -> str:
    return f"share-{link.pk}"


def _proof(link: ShareLink) -> str:
    """Known only to a session that gave the present password; another password, another proof."""
    return salted_hmac("albums.share.unlocked", f"{link.pk}{link.password_hash}").hexdigest()


def _token(share_id: UUID, *, secret: str) -> str:
    signature = salted_hmac(
        "albums.share.address", share_id.bytes, secret=secret, algorithm="sha256"
    ).digest()[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(share_id.bytes + signature).rstrip(b"=").decode()


def _id_in(token: str) -> UUID:
    """The id that a genuine address carries; raises ShareNotFound for a forged one."""
    try:
        raw = base64.urlsafe_b64decode(token + "=")
    except (ValueError, binascii.Error) as error:
        raise ShareNotFound from error
    if len(raw) != _ID_BYTES + _SIGNATURE_BYTES:
        raise ShareNotFound
    share_id = UUID(bytes=raw[:_ID_BYTES])
    if not any(constant_time_compare(token, known) for known in _known_tokens(share_id)):
        raise ShareNotFound
    return share_id


def _known_tokens(share_id: UUID) -> Iterator[str]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _token(share_id, secret=secret)
