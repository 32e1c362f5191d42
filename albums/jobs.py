"""Jobs as a page shows them: the item that is made, in words, with a bar and the time left.

Nothing here asks the database more often for more rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from albums.models import Item
from albums.pictures import Picture
from mediashare.accounts.models import User
from processing import board, forecast
from processing.forecast import Outlook
from processing.models import Job
from processing.words import KINDS

BAD = {Job.State.FAILED, Job.State.CANCELLED}


@dataclass(frozen=True)
class Row:
    """One thing on the page of jobs. Without an item it is of a folder, deleted, or about many."""

    thing: board.Thing
    picture: Picture | None
    outlook: Outlook

    @property
    def id(self) -> UUID:
        return self.thing.id

    @property
    def name(self) -> str:
        return self.picture.item.name if self.picture else self.thing.title or self.doing

    @property
    def is_named(self) -> bool:
        """Whether its name says what it is, and not only what is done."""
        return self.name != self.doing

    @property
    def is_film(self) -> bool:
        return self.thing.jobs[0].kind == Job.Kind.FILM

    @property
    def is_unfinished(self) -> bool:
        return any(job.state in {Job.State.WAITING, Job.State.RUNNING} for job in self.thing.jobs)

    @property
    def is_running(self) -> bool:
        return any(job.state == Job.State.RUNNING for job in self.thing.jobs)

    @property
    def is_bad(self) -> bool:
        return any(job.state in BAD for job in self.thing.jobs)

    @property
    def reason(self) -> str:
        """Why it came to nothing."""
        return next((job.reason for job in self.thing.jobs if job.state in BAD), "")

    @property
    def doing(self) -> str:
        """What is done about it, and how many of its pieces are, if there are several."""
        open_jobs = [job for job in self.thing.jobs if job.state != Job.State.DONE]
        kind = (open_jobs or self.thing.jobs)[0].kind
        pieces = [job for job in self.thing.jobs if job.kind == kind]
        words = KINDS[kind].doing
        planned = max(len(pieces), *(job.pieces for job in pieces))
        if planned == 1:
            return words
        done = sum(job.state == Job.State.DONE for job in pieces)
        return f"{words}, {done} of {planned} pieces done"

    @property
    def ended_at(self) -> object:
        return max((job.ended_at for job in self.thing.jobs if job.ended_at), default=None)


def rows(owner: User, things: list[board.Thing]) -> list[Row]:
    """Rows with their items and the outlook of what is unfinished."""
    items = _items(owner, things)
    looks = forecast.outlooks({thing.id: thing.jobs for thing in things}, now=timezone.now())
    shown: dict[UUID | None, Picture] = {item.blob_id: Picture(item) for item in items}
    return [Row(thing, shown.get(thing.blob_id), looks[thing.id]) for thing in things]


def what_cancelling_means(kinds: Iterable[str]) -> list[str]:
    """A sentence or two for each kind of job, each once."""
    return list(dict.fromkeys(KINDS[kind].cancelled for kind in kinds))


def _items(owner: User, things: list[board.Thing]) -> list[Item]:
    blobs = [thing.blob_id for thing in things if thing.blob_id]
    items = Item.objects.kept().visible_to(owner).filter(blob__in=blobs)
    return list(items.select_related("blob").prefetch_related("blob__renditions"))
