"""When what is unfinished will be done, from what is before it and how quickly work goes now.

As many queries however many jobs are asked about. Nothing is promised that nobody can know.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import fmean
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, IntegerField, OuterRef, Q

from processing import queries
from processing.models import Job
from processing.recipes import estimates

# Counting what is before a job stops here: further back it makes no difference to people.
MOST_BEFORE = 1000
# How many of the last jobs of a lane tell how long one takes.
SAMPLE = 100

Key = TypeVar("Key")


class Outlook(NamedTuple):
    """What is said of an item that is not done: percent, and words for the time it takes."""

    percent: int
    words: str


DONE = Outlook(100, "")


class _Paces(NamedTuple):
    """By lane how it goes, and by kind how many seconds one took lately."""

    lanes: dict[str, estimates.Pace]
    kinds: dict[str, float]


def outlooks(groups: Mapping[Key, Iterable[Job]], *, now: datetime) -> dict[Key, Outlook]:
    """What is said of each group of jobs that make one thing. Three queries, none for no group."""
    unfinished = {key: [job for job in jobs if _is_open(job)] for key, jobs in groups.items()}
    last = {key: _last_in_line(jobs) for key, jobs in unfinished.items()}
    if not any(unfinished.values()):
        return {key: Outlook(queries.progress_of(jobs), "") for key, jobs in groups.items()}
    before = jobs_before([job for job in last.values() if job])
    paces = _paces()
    return {
        key: Outlook(queries.progress_of(groups[key]), _words(jobs, last[key], before, paces, now))
        for key, jobs in unfinished.items()
    }


def jobs_before(jobs: Iterable[Job]) -> dict[UUID, int]:
    """How many jobs are before each of these in their lanes, counted up to MOST_BEFORE."""
    line = Job.objects.filter(state=Job.State.WAITING, lane=OuterRef("lane"))
    earlier = Q(turn__lt=OuterRef("turn")) | Q(created_at__lt=OuterRef("created_at"))
    # The plain bound beside it lets the database use its index.
    ahead = line.filter(earlier, turn__lte=OuterRef("turn")).order_by("turn", "created_at")
    counted = Func(
        ArraySubquery(ahead.values("pk")[:MOST_BEFORE]),
        function="cardinality",
        output_field=IntegerField(),
    )
    asked = Job.objects.filter(pk__in=[job.pk for job in jobs])
    return dict(asked.annotate(before=counted).values_list("pk", "before"))


def _paces() -> _Paces:
    took = defaultdict(list)
    by_kind = defaultdict(list)
    for lane, kind, seconds in _lately():
        took[lane].append(seconds)
        by_kind[kind].append(seconds)
    running = Job.objects.filter(state=Job.State.RUNNING).values_list("lane").annotate(Count("pk"))
    at_work = dict(running)
    lanes = {
        lane: estimates.Pace(fmean(took[lane]) if took[lane] else None, at_work.get(lane, 0))
        for lane in Job.Lane.values
    }
    return _Paces(lanes, {kind: fmean(seconds) for kind, seconds in by_kind.items()})


def _lately() -> Iterable[tuple[str, str, float]]:
    """Lane, kind and seconds of the jobs that were done last in each lane. One query."""
    samples = [
        Job.objects.filter(lane=lane, state=Job.State.DONE, started_at__isnull=False)
        .order_by(F("ended_at").desc())
        .values_list("lane", "kind", "started_at", "ended_at")[:SAMPLE]
        for lane in Job.Lane.values
    ]
    for lane, kind, began, ended in samples[0].union(*samples[1:], all=True):
        if began and ended:
            yield lane, kind, max(0.0, (ended - began).total_seconds())


def _is_open(job: Job) -> bool:
    return job.state in {Job.State.WAITING, Job.State.RUNNING}


def _last_in_line(jobs: list[Job]) -> Job | None:
    waiting = [job for job in jobs if job.state == Job.State.WAITING]
    return max(waiting, key=lambda job: (job.turn, job.created_at), default=None)


def _words(
    jobs: list[Job], last: Job | None, before: Mapping[UUID, int], paces: _Paces, now: datetime
) -> str:
    running = [job for job in jobs if job.state == Job.State.RUNNING]
    if last is None:
        left = [_left_of(job, paces, now) for job in running]
        known = [seconds for seconds in left if seconds is not None]
        return estimates.left_in_words(max(known) if len(known) == len(running) > 0 else None)
    if last.due_at > now:
        return "waiting until it is tried again"
    ahead = before.get(last.pk, 0)
    counting_stopped = ahead >= MOST_BEFORE
    left_for_all = estimates.left_of_waiting(before=ahead, pace=paces.lanes[last.lane])
    words = estimates.left_in_words(None if counting_stopped else left_for_all)
    if running:
        return words
    return ", ".join(
        part for part in (estimates.before_in_words(ahead, most=MOST_BEFORE), words) if part
    )


def _left_of(job: Job, paces: _Paces, now: datetime) -> float | None:
    if job.started_at is None:
        return None
    return estimates.left_of_running(
        percent=job.progress,
        elapsed_seconds=max(0.0, (now - job.started_at).total_seconds()),
        usual_seconds=paces.kinds.get(job.kind),
    )
