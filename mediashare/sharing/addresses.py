"""The secret in a link's address: its id and a signature over it. Asks no database.

So a stolen database opens nothing, and whoever made a link can copy it again.
"""

import base64
import binascii
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SIGNATURE_BYTES = 16
_ID_BYTES = 16


class ShareNotFound(Exception):
    """The address is not one that this site gave out, or what it opened is gone."""


def token_of(share_id: UUID, *, salt: str) -> str:
    """43 URL-safe characters; each kind of link has a salt of its own."""
    return _token(share_id, salt, settings.SECRET_KEY)


def id_in(token: str, *, salt: str) -> UUID:
    """The id that a genuine address carries; raises ShareNotFound for a forged one."""
    try:
        raw = base64.urlsafe_b64decode(token + "=")
    except (ValueError, binascii.Error) as error:
        raise ShareNotFound from error
    if len(raw) != _ID_BYTES + _SIGNATURE_BYTES:
        raise ShareNotFound
    share_id = UUID(bytes=raw[:_ID_BYTES])
    if not any(constant_time_compare(token, known) for known in _known_tokens(share_id, salt)):
        raise ShareNotFound
    return share_id


def _known_tokens(share_id: UUID, salt: str) -> Iterator[str]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _token(share_id, salt, secret)


def _token(share_id: UUID, salt: str, secret: str) -> str:
    signature = salted_hmac(salt, share_id.bytes, secret=secret, algorithm="sha256").digest()
    raw = share_id.bytes + signature[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
