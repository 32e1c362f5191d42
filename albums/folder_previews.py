"""What was made of a file in a synced folder, so that it can be looked at, and asking for it.

It is what an item of the same bytes would show: made by the same jobs, once for each content, and
gone with the bytes. It counts on nobody's quota. Whether somebody may see the file is decided
before; no byte of it is read here.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from albums import findings, pictures
from albums.models import Item
from albums.pictures import Picture
from mediashare.storage.models import Blob
from processing import actions, queries
from processing.models import Job, MediaInfo

# While so many of an owner's files are waiting to be looked at, visitors ask for no more.
MOST_FOR_VISITORS = 100


class TooManyWait(Exception):
    """So many of the owner's files are waiting already that no visitor adds another."""


@dataclass(frozen=True)
class FolderPreview:
    """A file as an item's page would show it."""

    picture: Picture
    is_asked_for: bool

    @property
    def is_failed(self) -> bool:
        return self.is_asked_for and self.picture.is_failed

    @property
    def is_awaited(self) -> bool:
        """Whether there will be something to look at, and there is nothing yet."""
        return self.is_asked_for and self.picture.is_pending and not self.picture.has_stream


def preview_of(blob: Blob, *, name: str) -> FolderPreview:
    """What there is to look at. As many queries whatever it is, three more while it is made."""
    item = item_of(blob, name=name)
    (picture,) = pictures.of([item], may_download=False, is_own=False)
    return FolderPreview(picture, any(queries.shown(blob.jobs.all())))


def item_of(blob: Blob, *, name: str) -> Item:
    """The item that these bytes would be. It is in nobody's library, and never saved."""
    prefetch_related_objects([blob], queries.jobs_of_many())
    outcome = queries.state_of(blob)
    item = Item(
        id=blob.pk,
        owner_id=blob.owner_id,
        blob=blob,
        name=name,
        kind="file",
        taken_at=blob.created_at,
        state=Item.State(outcome.state),
        reason=outcome.reason,
    )
    if info := MediaInfo.objects.filter(blob=blob).first():
        findings.copy(info, item)
    return item


def ask(blob: Blob, *, name: str, modified_at: datetime | None, is_visitor: bool) -> None:
    """Let it be made. Asking again is harmless. Raises TooManyWait, for visitors alone."""
    if is_visitor and _waiting(blob) >= MOST_FOR_VISITORS:
        raise TooManyWait
    actions.request_processing(blob=blob, name=name, modified_at=modified_at)


def _waiting(blob: Blob) -> int:
    waiting = Job.objects.unfinished().filter(owner=blob.owner_id, kind=Job.Kind.PREPARE)
    return waiting[:MOST_FOR_VISITORS].count()
