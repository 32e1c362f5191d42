"""What transfers ask the service: which bytes it has, leave to send, where to fetch, keys."""

import threading
import time
from collections.abc import Sequence
from typing import Protocol

from sync.client.credentials import Grant as Keys
from sync.protocol.transfers import Address, Completion, Grant, Wanted

# Leave ends after a day in which nobody asks for it.
RENEWED_SECONDS = 6 * 3600


class NoLeave(Exception):
    """The service does not take these, and says why: no room is left, or one is too large.

    For want of room, `needed_bytes` is what of these it does not have, and `free_bytes` the room.
    """

    def __init__(self, text: str, *, needed_bytes: int = 0, free_bytes: int = 0) -> None:
        super().__init__(text)
        self.needed_bytes, self.free_bytes = needed_bytes, free_bytes


class PartsDiffer(Exception):
    """What S3 has is not what was to be sent: the parts do not fit, or are of other bytes."""


class UploadGone(Exception):
    """The multipart upload was completed before, or dropped."""


class Leave(Protocol):
    """The service, for the bytes of one folder.

    All methods raise `errors.Offline`, `Busy`, `SignedOut`, `NotAllowed`, `FolderGone`, `TooOld`.
    """

    def grants(self, wanted: Sequence[Wanted]) -> Sequence[Grant]:
        """One for each, in the same order. Raises NoLeave, and has given none then."""
        ...

    def complete(self, completion: Completion) -> None:
        """Make the parts one. Raises PartsDiffer, UploadGone."""
        ...

    def addresses(self, sha256: Sequence[str]) -> Sequence[Address | None]:
        """One for each, in the same order; None for what the folder does not hold."""
        ...

    def credentials(self) -> Keys: ...


class Renewing:
    """Keeps the leave of one large file, for many threads: on a slow line it takes for days."""

    def __init__(self, leave: Leave, wanted: Wanted) -> None:
        self._leave, self._wanted = leave, wanted
        self._lock = threading.Lock()
        self._asked_at = time.monotonic()

    def renew(self) -> None:
        """Ask again when the last time was long ago. Raises as `Leave.grants`."""
        with self._lock:
            if time.monotonic() - self._asked_at < RENEWED_SECONDS:
                return
            self._asked_at = time.monotonic()
        self._leave.grants([self._wanted])
