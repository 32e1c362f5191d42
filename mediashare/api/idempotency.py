"""`Idempotency-Key`: a creating request that is sent twice has one effect and one answer.

The answer is kept in the transaction that has the effect, so neither exists without the
other. Refusals have no effect and are not kept: the same key may be used again.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from mediashare.api.models import IdempotentAnswer
from mediashare.api.problems import Problem

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255

Handler = Callable[..., Response]


class KeyUnusable(Problem):
    def __init__(self) -> None:
        detail = f"An Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters."
        super().__init__(400, "idempotency-key-unusable", detail)


class KeyReused(Problem):
    def __init__(self) -> None:
        detail = "This Idempotency-Key came with another request before. Use a new one."
        super().__init__(422, "idempotency-key-reused", detail)


class RequestUnderWay(Problem):
    wait = 1

    def __init__(self) -> None:
        detail = "The first request with this Idempotency-Key is under way. Ask again shortly."
        super().__init__(409, "request-under-way", detail)


def idempotent(*, secret: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
    """Let a view's `post` honour `Idempotency-Key`.

    What it does must be undone by the transaction's end when it raises. Fields named as
    `secret` are not kept: they are null when the answer is given again.
    """

    def decorate(post: Handler) -> Handler:
        @wraps(post)
        def answered(view: Any, request: Request, *args: Any, **named: Any) -> Response:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return post(view, request, *args, **named)
            if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
                raise KeyUnusable
            with transaction.atomic():
                row = _take_turn(request, key)
                if not row._state.adding:
                    return Response(
                        row.body, status=row.status, headers={"Idempotency-Replayed": "true"}
                    )
                response = post(view, request, *args, **named)
                _keep(row, response, secret)
            return response

        return answered

    return decorate


def forget_old_answers(*, now: datetime) -> int:
    """Delete answers older than a day; how many."""
    return IdempotentAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _take_turn(request: Request, key: str) -> IdempotentAnswer:
    """The answer given to this key, or a new row for it. Raises RequestUnderWay, KeyReused."""
    sent = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    # Keyed, since a body may hold a share's password, which a plain hash would let be guessed.
    fingerprint = salted_hmac("mediashare.api.idempotency", sent, algorithm="sha256").hexdigest()
    if not _lock(f"{request.user.pk} {key}"):
        raise RequestUnderWay
    user: Any = request.user
    row = IdempotentAnswer.objects.filter(user=user, key=key).first()
    if row is None:
        return IdempotentAnswer(user=user, key=key, fingerprint=fingerprint)
    if row.fingerprint != fingerprint:
        raise KeyReused
    return row


def _lock(name: str) -> bool:
    """Take a lock that the transaction's end gives back; False when somebody has it."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _keep(row: IdempotentAnswer, response: Response, secret: tuple[str, ...]) -> None:
    # As it is sent: UUIDs and times as text. An answer without a body is kept as null.
    body = json.loads(JSONRenderer().render(response.data) or b"null")
    if isinstance(body, dict):
        body.update((name, None) for name in secret if name in body)
    row.body = body
    row.status = response.status_code
    row.save(force_insert=True)
