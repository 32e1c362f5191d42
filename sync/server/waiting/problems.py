"""What a waiting client is told when it may not wait, as problem details (RFC 9457)."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from sync.server.waiting.asks import Turned


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content_type: bytes = b"application/json"


def problem(status: int, kind: str, detail: str, **headers: str) -> Answer:
    """`headers` are written with underscores: `retry_after="30"`."""
    words = {
        "type": f"/problems/{kind}",
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
    }
    more = ((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())
    return Answer(status, json.dumps(words).encode(), tuple(more), b"application/problem+json")


NO_SUCH_ADDRESS = problem(404, "not-found", "There is nothing at this address.")
NOT_ALLOWED = problem(405, "method-not-allowed", "Only GET is answered here.", allow="GET")
NO_TOKEN = problem(
    401,
    "not-authenticated",
    "Send the device's token as a bearer token.",
    www_authenticate="Bearer",
)
INVALID = problem(
    400, "invalid", "`since` is the number of a change; `wait`, if given, is a number of seconds."
)
TURNED = {
    Turned.UNKNOWN: problem(
        401,
        "authentication-failed",
        "This token is unknown, expired or revoked. Sign in again.",
        www_authenticate="Bearer",
    ),
    Turned.WITHOUT_SCOPE: problem(
        403, "permission-denied", "This token was not given the scope that this request needs."
    ),
    Turned.NO_MEMBER: problem(404, "not-found", "There is no such folder, or not for you."),
}


def too_many(seconds: int) -> Answer:
    return problem(
        429,
        "too-many-waits",
        "Your devices wait for more folders at once than one person's may. Ask without waiting.",
        retry_after=str(seconds),
    )


def busy(seconds: int) -> Answer:
    return problem(
        503, "busy", "This cannot be answered just now. Ask again later.", retry_after=str(seconds)
    )
