"""The folder's temporary keys of S3: asked for when needed, and anew before they end.

Who holds them can send parts below the folder's prefix and read what is there, nothing else.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.client.signing import Keys
from sync.protocol import transfers

# S3 judges them when a request arrives, and a large part may take minutes to arrive.
RENEWED_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Grant:
    """Keys, the bucket that they are for, its address, and when they end.

    `ahead` is how much the service's clock is ahead of the one here: S3 takes no signature that is
    15 minutes off, and computers whose clocks are wrong shall sync too.
    """

    keys: Keys
    bucket: str
    url: str
    expires_at: datetime
    ahead: timedelta = timedelta(0)


class Credentials:
    """The present grant, for many threads."""

    def __init__(self, ask: Callable[[], Grant], now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._lock = threading.Lock()
        self._grant: Grant | None = None

    def current(self) -> tuple[Grant, datetime]:
        """The grant, and what time it is where it will be looked at."""
        with self._lock:
            grant = self._grant
            if grant is None or self._now() + grant.ahead > grant.expires_at - RENEWED_BEFORE:
                grant = self._grant = self._ask()
            return grant, self._now() + grant.ahead

    def refused(self, grant: Grant) -> None:
        """S3 did not take this one: the next to ask gets another."""
        with self._lock:
            if self._grant is grant:
                self._grant = None


def grant_of(given: transfers.Credentials, *, ahead: timedelta) -> Grant:
    """Of what the service gave."""
    host = given.endpoint_url.rstrip("/")
    url = (
        f"{host}/{given.bucket}"
        if host
        else f"https://{given.bucket}.s3.{given.region}.amazonaws.com"
    )
    return Grant(
        Keys(given.access_key_id, given.secret_access_key, given.session_token, given.region),
        given.bucket,
        url,
        given.expires_at,
        ahead=ahead,
    )
