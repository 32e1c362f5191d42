"""What file sync tells and asks whoever listens. It never knows who does.

What albums show of folders, and which albums computers may keep, is none of its business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.dispatch import Signal

from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from sync.protocol.folders import FolderSummary
from sync.protocol.messages import Identity
from sync.server.models import Folder, Member

# Sent when changes of a folder are committed, not before: sender=Folder, folder_id=.... A hint:
# it may be lost with the process that sends it, and whoever relies on it looks now and then.
committed = Signal()
# Asked for a page: what is there to say of this place in a folder? sender=Member, member=...,
# entry=... (empty for the folder as a whole). Receivers answer with Notes.
described = Signal()
# Asked when somebody lists folders: which more could they have? sender=Folder, user=..., after=...
# (an identity or None), limit=.... Receivers answer with FolderSummaries of folders that are not
# there yet, and that `wanted` makes: the first ones after that, by identity.
offered = Signal()
# Asked when somebody wants a folder that they are no member of: sender=Folder, user=...,
# folder_id=.... Receivers that have it let them in, and answer whether they did.
wanted = Signal()
# Asked for the page of a file that a browser may not show by itself: what was made of its bytes?
# sender=Blob, blob=..., name=.... Who makes such things answers with a Made, whatever there is yet.
previewed = Signal()


class Made(Protocol):
    """What was made of a file to be looked at; the template of who answered shows it."""

    @property
    def is_asked_for(self) -> bool:
        """Whether anybody ever wanted it made."""

    @property
    def is_failed(self) -> bool:
        """Whether it came to nothing."""


@dataclass(frozen=True)
class Note:
    """A line on a folder's page that leads somewhere."""

    words: str
    address: str


def notes(member: Member, entry: Identity) -> list[Note]:
    """What other apps have to say of a place in a folder."""
    return _flat(described.send(sender=Member, member=member, entry=entry))


def made_of(blob: Blob, *, name: str) -> Made | None:
    """What was made of a file's bytes to be looked at; None where nobody makes anything."""
    answers: Iterable[Any] = previewed.send(sender=Blob, blob=blob, name=name)
    return next((made for _, made in answers), None)


def offers(user: User, after: UUID | None, *, limit: int) -> list[FolderSummary]:
    """Folders that somebody could have beside those that they are a member of, by identity."""
    return _flat(offered.send(sender=Folder, user=user, after=after, limit=limit))


def lets_in(user: User, folder_id: UUID) -> bool:
    """Whether somebody is a member of a folder now who was none when this was asked."""
    answers = wanted.send(sender=Folder, user=user, folder_id=folder_id)
    return any(answer for _, answer in answers)


def _flat(answers: Iterable[tuple[Any, Any]]) -> list[Any]:
    return [each for _, answer in answers for each in answer]
