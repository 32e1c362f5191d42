"""Objects in S3 and parts of them, tried again while that may help. Opens no file.

What the service has signed, as an address or in headers, is used as it is; parts are signed here,
by the folder's temporary keys.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from sync.client import errors, signing
from sync.client.connections import AlreadyThere, Connections, Refused
from sync.client.credentials import Credentials
from sync.client.parts import Span
from sync.client.patience import Patience
from sync.client.traffic import Rate, Stopped, Telling, Told, nobody


@dataclass(frozen=True)
class Limits:
    """Rates of a person's choice; `moved` hears of bytes that have travelled, in any thread."""

    up: Rate | None = None
    down: Rate | None = None
    moved: Callable[[int], None] = lambda size_bytes: None


class Objects:
    """What S3 holds for one folder, for many threads and one call.

    All methods raise `errors.Offline` and `errors.Busy` when patience has ended, and Stopped.
    """

    def __init__(
        self,
        connections: Connections,
        credentials: Credentials,
        *,
        limits: Limits,
        patience: Patience,
    ) -> None:
        self._connections = connections
        self._credentials = credentials
        self._limits = limits
        self._patience = patience
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Whatever is under way raises Stopped soon."""
        self._stopping.set()

    def put(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Make an object; when it is there already, that is as good.

        Raises ChangedWhileRead when the body is not what the headers say, and Refused.
        """
        told = Telling(len(body), self._limits.moved)
        try:
            self._persist(lambda: self._connections.put(url, headers, body, told))
        except AlreadyThere:
            return
        told.rest()

    def put_part(self, key: str, query: Mapping[str, str], digest: str, body: bytes) -> None:
        """Send a part; `digest` is its SHA-256 in base64. Raises NotThere, ChangedWhileRead."""
        told = Telling(len(body), self._limits.moved)
        self._signed(key, query, {"x-amz-checksum-sha256": digest}, body, told)
        told.rest()

    def copy_part(self, key: str, query: Mapping[str, str], source: str, span: Span) -> None:
        """Let S3 copy a part out of another object of the folder. Raises NotThere."""
        bucket = self._credentials.current()[0].bucket
        headers = {
            "x-amz-copy-source": quote(f"/{bucket}/{source}"),
            "x-amz-copy-source-range": f"bytes={span.start}-{span.end - 1}",
        }
        self._signed(key, query, headers, b"", nobody)

    def fetch(
        self,
        url: str,
        headers: Mapping[str, str],
        span: Span,
        take: Callable[[int, memoryview], None],
    ) -> None:
        """Give the bytes of a span in order; what breaks off is gone on with from there.

        Raises Refused, NotThere.
        """
        at = span.start

        def once() -> None:
            nonlocal at
            for piece in self._connections.read(url, headers, Span(at, span.end)):
                self._wait_for_rate(len(piece))
                take(at, piece)
                at += len(piece)
                self._limits.moved(len(piece))
            if at < span.end:
                raise errors.Offline("An answer of the object store broke off.")

        self._persist(once)

    def _signed(
        self,
        key: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        told: Told,
    ) -> None:
        """As signed by the present keys, and once more by new ones when those are refused."""

        def once() -> None:
            grant, now = self._credentials.current()
            url = signing.address(grant.url, key, query)
            try:
                allowed = signing.signed("PUT", url, headers, keys=grant.keys, at=now)
                self._connections.put(url, allowed, body, told)
            except Refused:
                self._credentials.refused(grant)
                raise

        try:
            self._persist(once)
        except Refused:
            self._persist(once)

    def _persist(self, once: Callable[[], object]) -> None:
        pauses = self._patience.pauses()
        while True:
            if self._stopping.is_set():
                raise Stopped
            try:
                once()
                return
            except (errors.Offline, errors.Busy):
                pause = next(pauses, None)
                if pause is None:
                    raise
            self._stopping.wait(pause)

    def _wait_for_rate(self, size_bytes: int) -> None:
        if self._stopping.is_set():
            raise Stopped
        if self._limits.down:
            self._stopping.wait(self._limits.down.take(size_bytes, now=time.monotonic()))
