"""What can stop a client, as one exception for each thing that a person or a loop does about it.

Trouble with a single file (`ports.Sent`, `ports.Fetched`, `apply.NotDone`) is never one of these.
The text of each says to a person what happened; what to do follows from its type.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyreqwest.exceptions import RequestError


class SyncStopped(Exception):
    """What a round cannot go on after. Nothing is left half done: looking again makes it good."""


class Offline(SyncStopped):
    """Service or store cannot be reached, or an answer was lost. Try again in a while.

    Whether what was asked for has happened is not known.
    """


class Busy(SyncStopped):
    """The service or the store asks for patience (429, 503)."""

    def __init__(self, text: str, *, retry_after_seconds: float = 5.0) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


class SignedOut(SyncStopped):
    """The device's token is not good any more. Only a person can help, by signing in."""


class NotAllowed(SyncStopped):
    """The person may not do this in this folder. What is only read stays as it is on both sides."""


class FolderGone(SyncStopped):
    """The service does not know the folder, or not for this person."""


class TooOld(SyncStopped):
    """Client and service have no version of the protocol in common."""


class CursorUnknown(SyncStopped):
    """The journal does not reach back, or not forward, to a number: fetch the whole tree."""


class RootMissing(SyncStopped):
    """The folder on this computer, or the marker in it, is not there: perhaps an unmounted disk."""


class RootIsAnother(SyncStopped):
    """The folder on this computer is marked as a copy of another folder."""


class RootUnusable(SyncStopped):
    """The folder on this computer cannot be read or written: for want of a right, or of a disk."""


class DiskFull(SyncStopped):
    """There is no room on this computer. Nothing was changed for want of it."""


class RecordsBroken(SyncStopped):
    """What is known of the folder contradicts itself. Without it, all files are read once more."""


class AlreadyRunning(SyncStopped):
    """Another process is syncing this folder."""


def cause_of(error: "RequestError") -> str:
    """What a connection broke by, for a person: the innermost of its causes."""
    causes = error.details["causes"] or [{"message": error.message}]
    return str(causes[-1]["message"])
