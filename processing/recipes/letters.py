"""What a message in the broker says, whoever wrote it. Pure."""

import base64
import binascii
import json
from typing import Any, NamedTuple

LONGEST = 400


class Order(NamedTuple):
    """A task and the queue it was sent to, empty when the message does not say; and its text."""

    task: str
    queue: str
    text: str


def understood(body: str) -> Order:
    """What Celery wrote, or an order without a task for what it did not write."""
    text = _decoded(body)
    said = _object(text)
    headers, properties = _inner(said, "headers"), _inner(said, "properties")
    queue = _inner(properties, "delivery_info").get("routing_key", "")
    return Order(
        task=_text(headers.get("task")),
        queue=_text(queue),
        text=text if len(text) <= LONGEST else f"{text[:LONGEST]}…",
    )


def _decoded(body: str) -> str:
    """Celery packs what it sends to SQS into base64."""
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return body


def _object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _inner(said: dict[str, Any], name: str) -> dict[str, Any]:
    inner = said.get(name)
    return inner if isinstance(inner, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
