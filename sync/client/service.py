"""The service over HTTP, for one folder: changes, and leave to send and fetch bytes.

Translates, and decides nothing.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from sync.client import errors, ports, wire
from sync.client.asking import Asking, Declined
from sync.client.credentials import Grant, grant_of
from sync.client.leave import NoLeave, PartsDiffer, UploadGone
from sync.protocol import transfers
from sync.protocol.folders import Comparison, Overview, PartBegin, TreeBegin, TreeEnd
from sync.protocol.messages import Changes, Commit, Committed, Revision
from sync.protocol.transfers import Address, Addresses, Completion, Grants, Located, Wanted, Wishes

# How often the service is asked where it has no place to wait at.
POLL_SECONDS = 15.0
# The longest that it holds who waits, and no longer than an answer is waited for.
LONGEST_WAIT_SECONDS = 50.0

_Line = TypeVar("_Line")


class HttpService:
    """Implements `ports.Service` and `leave.Leave`."""

    def __init__(
        self,
        asking: Asking,
        folder_id: str,
        *,
        now: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._asking = asking
        self._folder = f"folders/{folder_id}"
        self._now = now
        self._pause = pause
        self._waiting_url: str | None = None

    def commit(self, changes: Sequence[ports.Change]) -> ports.Committed:
        """As `ports.Service.commit`."""
        commit = Commit([wire.message_of(change) for change in changes])
        committed = self._asking.post(f"{self._folder}/commit", commit, Committed)
        return wire.committed_of(committed)

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> ports.Page:
        """As `ports.Service.changes`."""
        while True:
            waited = self._wait(since, wait_seconds) if wait_seconds > 0 else None
            found = waited or self._asking.get(f"{self._folder}/changes", Changes, since=since)
            if found.head < since:
                raise errors.CursorUnknown("The service has fewer changes than were seen here.")
            if found.lines or waited or wait_seconds <= 0:
                return wire.page_of(found, since=since)
            self._pause(min(wait_seconds, POLL_SECONDS))
            wait_seconds -= POLL_SECONDS

    def _wait(self, since: int, seconds: float) -> Changes | None:
        """What is new within that time; None when there is no place to wait at just now."""
        try:
            if self._waiting_url is None:
                self._waiting_url = self._asking.get("", Overview).waiting_url
            if not self._waiting_url:
                return None
            there = f"{self._waiting_url}/{self._folder}/changes"
            held = int(min(seconds, LONGEST_WAIT_SECONDS))
            return self._asking.get(there, Changes, since=since, wait=held)
        except (errors.Offline, errors.Busy):
            # It may be another place the next time.
            self._waiting_url = None
            return None

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[ports.Moment, Iterator[int | ports.Revision]]:
        """As `ports.Service.compare`; the iterator raises `errors.Offline` where it breaks off."""
        lines = self._asking.lines(f"{self._folder}/compare", Comparison(digests, at))
        first = next(lines, None)
        if first is None:
            raise errors.Offline("The service broke off.")
        begin = _decoded(first, TreeBegin)
        return ports.Moment(begin.head, begin.key), wire.parts_of(_told(lines))

    def grants(self, wanted: Sequence[Wanted]) -> Sequence[transfers.Grant]:
        """As `Leave.grants`."""
        try:
            return self._asking.post(f"{self._folder}/blobs", Wishes(wanted), Grants).grants
        except Declined as error:
            raise NoLeave(
                str(error), needed_bytes=error.needed_bytes, free_bytes=error.free_bytes
            ) from error

    def complete(self, completion: Completion) -> None:
        """As `Leave.complete`."""
        try:
            self._asking.post(f"{self._folder}/blobs/complete", completion, Wanted)
        except Declined as error:
            raise PartsDiffer(str(error)) from error
        except errors.FolderGone as error:
            # It says the same of an upload. Whether it is the folder shows when asked again.
            raise UploadGone(str(error)) from error

    def addresses(self, sha256: Sequence[str]) -> Sequence[Address | None]:
        """As `Leave.addresses`."""
        asked = Located(sha256, in_headers=True)
        return self._asking.post(f"{self._folder}/blobs/addresses", asked, Addresses).addresses

    def credentials(self) -> Grant:
        """As `Leave.credentials`."""
        given, headers = self._asking.post_for_answer(
            f"{self._folder}/credentials", {}, transfers.Credentials
        )
        # Loaded for a first upload alone.
        from email.utils import parsedate_to_datetime  # noqa: PLC0415

        there = headers.get("Date")
        ahead = parsedate_to_datetime(there) - self._now() if there else timedelta(0)
        return grant_of(given, ahead=ahead)


def _told(lines: Iterator[bytes]) -> Iterator[PartBegin | Revision]:
    for count, line in enumerate(lines):
        if line.startswith(b'{"entry"'):
            yield _decoded(line, Revision)
        elif line.startswith(b'{"part"'):
            yield _decoded(line, PartBegin)
        elif _decoded(line, TreeEnd).count == count:
            return
        else:
            break
    raise errors.Offline("The service broke off.")


def _decoded(line: bytes, kind: type[_Line]) -> _Line:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.MsgspecError as error:
        raise errors.TooOld(f"The service said what cannot be read: {error}") from error
