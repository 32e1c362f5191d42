"""How a computer is let in: it asks, a person answers in a browser, it fetches its token.

RFC 8628. The computer knows a long code, the person types a short one; neither is kept, and
both end after a quarter of an hour. Nothing here knows of HTTP.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from mediashare.accounts import actions
from mediashare.accounts.models import ApiToken, Device, DeviceRequest, User

# No vowels, so that no words come up, and nothing that looks like something else: RFC 8628, 6.1.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 8


class NobodyWaits(LookupError):
    """No computer waits with this code: mistyped, answered already, or too late."""


class NotLetIn(Exception):
    """Why a computer gets no token now; `error` is the word of RFC 8628, section 3.5."""

    error: ClassVar[str]


class AnswerPending(NotLetIn):
    error = "authorization_pending"


class AskedTooSoon(NotLetIn):
    error = "slow_down"


class AccessRefused(NotLetIn):
    error = "access_denied"


class CodeExpired(NotLetIn):
    error = "expired_token"


class CodeUnknown(NotLetIn):
    error = "invalid_grant"


@dataclass(frozen=True)
class Codes:
    """What a computer is told once: its own code, and the one for people."""

    device_code: str
    user_code: str


def ask(*, name: str, platform: str, address: str | None, now: datetime) -> Codes:
    """A computer asks to be let in. Lost or late, the request simply ends."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    codes = Codes(secrets.token_urlsafe(32), f"{letters[:4]}-{letters[4:]}")
    DeviceRequest.objects.create(
        device_digest=_digest(codes.device_code),
        user_digest=_digest(letters),
        name=name,
        platform=platform,
        address=address,
        created_at=now,
        expires_at=now + DeviceRequest.LIFETIME,
    )
    return codes


def find_waiting(user_code: str, now: datetime) -> DeviceRequest:
    """The computer that waits with this code, however it was typed. Raises NobodyWaits."""
    letters = "".join(letter for letter in user_code.upper() if letter in LETTERS)
    found = DeviceRequest.objects.waiting(now).filter(user_digest=_digest(letters)).first()
    if found is None:
        raise NobodyWaits(user_code)
    return found


def answer(*, request: DeviceRequest, by: User, is_granted: bool, now: datetime) -> None:
    """Let a computer in, or refuse it. Raises NobodyWaits for all but the first answer."""
    waiting = DeviceRequest.objects.waiting(now).filter(pk=request.pk)
    if waiting.update(is_granted=is_granted, answered_by=by) != 1:
        raise NobodyWaits(request.pk)


def redeem(*, device_code: str, now: datetime) -> tuple[Device, str]:
    """The device that a computer has become, and its secret. Raises NotLetIn.

    Who did not hear the answer may ask again while the secret was never used, and gets another.
    """
    requests = DeviceRequest.objects.select_related("answered_by")
    request = requests.filter(device_digest=_digest(device_code)).first()
    if request is None:
        raise CodeUnknown("This code is unknown. Begin anew.")
    if request.expires_at <= now:
        raise CodeExpired("Nobody let this computer in in time. Begin anew.")
    if request.is_granted is None:
        if not request.note_asking(now):
            raise AskedTooSoon("Ask less often.")
        raise AnswerPending("Nobody has answered yet.")
    if not request.is_granted or request.answered_by is None:
        raise AccessRefused("This computer was refused.")
    return _let_in(request, owner=request.answered_by, now=now)


def forget_old_requests(*, now: datetime) -> int:
    """Delete requests that are over; how many."""
    return DeviceRequest.objects.filter(expires_at__lte=now).delete()[0]


@transaction.atomic
def _let_in(request: DeviceRequest, *, owner: User, now: datetime) -> tuple[Device, str]:
    # Locked: of two answers under way at once the computer hears one, and its secret must hold.
    request = DeviceRequest.objects.select_for_update().get(pk=request.pk)
    if request.device_id is not None:
        return _let_in_again(request.device_id, now)
    token, secret = actions.create_token(
        owner=owner, name=request.name, scopes=[ApiToken.Scope.SYNC]
    )
    device = Device.objects.create(token=token, platform=request.platform, address=request.address)
    DeviceRequest.objects.filter(pk=request.pk).update(device=device)
    return device, secret


def _let_in_again(device_id: UUID, now: datetime) -> tuple[Device, str]:
    device = Device.objects.select_related("token__owner").get(pk=device_id)
    unused = ApiToken.objects.live(now).filter(pk=device.token_id, last_used_at=None)
    if not unused.exists():
        raise CodeUnknown("This code was used already. Begin anew.")
    return device, actions.renew_secret(token=device.token)


def _digest(code: str) -> str:
    # Keyed, since all short codes could be tried against a plain hash.
    return salted_hmac("mediashare.accounts.linking", code, algorithm="sha256").hexdigest()
