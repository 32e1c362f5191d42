"""One person's jobs for a page: what is under way, what came to nothing, what was done last.

Jobs of one blob are one thing, and a page of things costs as many queries as there are sections,
however long an import is. What is made anew in the background is only counted.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, F, Max, Min, Q, QuerySet, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Extract

from mediashare.accounts.models import User
from processing import queries
from processing.models import Job, JobQuerySet

# Counting stops here where only "many" is said.
MANY = 100
# So many of the last jobs are looked at for what was done lately.
RECENT = 300
MICROSECONDS = 1_000_000


class Place(NamedTuple):
    """Where a page of things ended."""

    rank: int
    thing: UUID


@dataclass(frozen=True)
class Thing:
    """All jobs that make one thing: of one blob, or one job about many.

    The title is what it was called when it was asked for, if that was said.
    """

    id: UUID
    blob_id: UUID | None
    jobs: list[Job]
    title: str = ""


@dataclass(frozen=True)
class Counts:
    """How many jobs of each state somebody has."""

    running: int
    waiting: int
    unsuccessful: int
    anew: int

    @property
    def unfinished(self) -> int:
        return self.running + self.waiting


def own_jobs(owner: User) -> JobQuerySet:
    """What somebody sees and may change; not what is made anew in the background."""
    return Job.objects.filter(owner=owner, standing="")


def of_thing(owner: User, thing: UUID) -> JobQuerySet:
    return own_jobs(owner).filter(Q(blob=thing) | Q(pk=thing))


def unfinished_count(owner: User) -> int:
    """How many are unfinished, up to MANY. One quick query."""
    return own_jobs(owner).unfinished()[:MANY].count()


def counts(owner: User) -> Counts:
    """One query."""
    found: dict[str, int] = defaultdict(int)
    rows = Job.objects.filter(owner=owner).exclude(state=Job.State.DONE)
    by_state = rows.values_list("state", "standing").annotate(Count("pk"))
    for state, standing, number in by_state:
        if not standing:
            found[state] += number
        elif state in {Job.State.WAITING, Job.State.RUNNING}:
            found["anew"] += number
    return Counts(
        running=found[Job.State.RUNNING],
        waiting=found[Job.State.WAITING],
        unsuccessful=found[Job.State.FAILED] + found[Job.State.CANCELLED],
        anew=found["anew"],
    )


def under_way(
    owner: User, *, after: Place | None = None, size: int
) -> tuple[list[Thing], Place | None]:
    """Things that run, then those that wait in the order of their turns; and where to go on."""
    running_first = Case(
        When(state=Job.State.RUNNING, then=-1), default=F("turn"), output_field=BigIntegerField()
    )
    return _page(own_jobs(owner).unfinished(), Min(running_first), after, size, owner)


def unsuccessful(
    owner: User, *, after: Place | None = None, size: int
) -> tuple[list[Thing], Place | None]:
    """Things that failed or were cancelled, the last first; and where to go on."""
    ended = Extract(Max(Coalesce("ended_at", "created_at")), "epoch") * -MICROSECONDS
    rank = Cast(ended, BigIntegerField())
    return _page(own_jobs(owner).unsuccessful(), rank, after, size, owner)


def recent(owner: User, *, size: int) -> list[Thing]:
    """What was done last."""
    done = own_jobs(owner).filter(state=Job.State.DONE).order_by(F("ended_at").desc())
    last = done.values_list(_thing(), flat=True)[:RECENT]
    return _things(owner, list(dict.fromkeys(last))[:size])


def _page(
    jobs: QuerySet[Job], rank: object, after: Place | None, size: int, owner: User
) -> tuple[list[Thing], Place | None]:
    ranked = jobs.values(thing=_thing()).annotate(rank=rank).order_by("rank", "thing")
    if after:
        ranked = ranked.filter(Q(rank__gt=after.rank) | Q(rank=after.rank, thing__gt=after.thing))
    found = [Place(row["rank"], row["thing"]) for row in ranked[: size + 1]]
    shown = found[:size]
    return (
        _things(owner, [place.thing for place in shown]),
        shown[-1] if len(found) > size else None,
    )


def _things(owner: User, ids: list[UUID]) -> list[Thing]:
    jobs, titles = defaultdict(list), dict[UUID, str]()
    chosen = own_jobs(owner).filter(Q(blob__in=ids) | Q(pk__in=ids))
    title = Coalesce(KT("arguments__title"), KT("arguments__name"))
    titled = chosen.defer(*queries.HEAVY).annotate(title=title)
    for job in titled.order_by("created_at"):
        thing = job.blob_id or job.pk
        jobs[thing].append(job)
        titles[thing] = titles.get(thing) or getattr(job, "title", None) or ""
    return [
        Thing(each, jobs[each][0].blob_id, jobs[each], titles.get(each, ""))
        for each in ids
        if each in jobs
    ]


def _thing() -> Coalesce:
    return Coalesce("blob_id", "id")
