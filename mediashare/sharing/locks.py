"""Passwords on links: tried, and remembered in a session until they are changed."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from mediashare.sharing import attempts
from mediashare.sharing.models import Link


class ShareIsLocked(Exception):
    """The link has a password, and this session has not given it."""


def is_unlocked(session: SessionBase, link: Link) -> bool:
    """Whether this session may enter: no password, or the present one was given."""
    if not link.has_password:
        return True
    return constant_time_compare(session.get(session_key(link), ""), proof(link))


def expect_unlocked(session: SessionBase, link: Link) -> None:
    """Raises ShareIsLocked."""
    if not is_unlocked(session, link):
        raise ShareIsLocked


def unlock(request: HttpRequest, link: Link, password: str) -> bool:
    """Try a password, and remember the right one in the session until it is changed.

    Raises TooManyAttempts after too many wrong ones from this address or on this link.
    """
    attempt = attempts.count(link=str(link.pk), address=attempts.address_of(request))
    if not link.is_opened_by(password):
        return False
    attempt.forgive()
    request.session.cycle_key()
    request.session[session_key(link)] = proof(link)
    return True


def session_key(link: Link) -> str:
    return f"share-{link.pk}"


def proof(link: Link) -> str:
    """Known only to a session that gave the present password; another password, another proof."""
    return salted_hmac("albums.share.unlocked", f"{link.pk}{link.password_hash}").hexdigest()
