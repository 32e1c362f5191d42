"""Keep out of the log what opens something: addresses of shares, and links that mails carry."""

import re
from typing import Any

# What follows these in an address is a key, also where one address stands inside another.
_KEYS = re.compile(
    r"((?:/|%2F)(?:s|account(?:/|%2F)(?:confirm-email|password(?:/|%2F)reset(?:/|%2F)key))"
    r"(?:/|%2F))[^/\s?&%]+",
    re.IGNORECASE,
)


def hide_keys(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A processor of structlog: addresses stay readable, without their keys."""
    return {
        name: _KEYS.sub(r"\1…", value) if isinstance(value, str) else value
        for name, value in event.items()
    }
