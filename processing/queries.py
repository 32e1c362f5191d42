"""What others may know about the processing of a blob. Read-only."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch

from mediashare.storage.models import Blob
from processing.models import Job
from processing.reasons import CANCELLED, SIZES_MISSING, VIDEO_ENDS_EARLY
from processing.recipes import estimates, ladder

State = Literal["processing", "ready", "failed"]

UNSUCCESSFUL = {Job.State.FAILED, Job.State.CANCELLED}
# What a row holds that no page of many rows reads.
HEAVY = ("arguments", "result", "detail")
# Sound is quick beside encoding a picture.
WEIGHTS: dict[str, float] = {Job.Kind.AUDIO: 0.3}
# Whose outcome is that of the blob: nobody's picture is late because its bytes are checked again.
SHOWN = {Job.Kind.PREPARE, Job.Kind.SEGMENT, Job.Kind.AUDIO, Job.Kind.RECORDING}
# What nobody waits for, but whoever looks at a grid sees when it is there.
MOVING = {Job.Kind.MOTION, Job.Kind.PREVIEWS}
# Of a video's first wave everybody sees it; what fails after that leaves it playing.
LATER_PIECES = f"{ladder.REST}/"

# In plain words, since each photo waits for it, and Django takes a millisecond to say it.
TALLIES = """
SELECT kind, COALESCE(NULLIF(standing, ''), state), reason, part LIKE %(later)s,
    COUNT(*), SUM(progress), MAX(pieces)
FROM processing_job WHERE blob_id = %(blob)s GROUP BY 1, 2, 3, 4
"""


class Tally(NamedTuple):
    """Jobs that are alike: how many, and their progress together."""

    kind: str
    outcome: str
    reason: str
    is_later: bool
    number: int
    progress: int
    pieces: int


class Outcome(NamedTuple):
    """How far a blob is: its state, why it failed (for people), percent done."""

    state: State
    reason: str
    progress: int


def state_of(blob: Blob) -> Outcome:
    """How far a blob is, over all its jobs. One query, none when `jobs_of_many` were prefetched."""
    is_prefetched = "jobs" in getattr(blob, "_prefetched_objects_cache", {})
    return outcome_of(blob.jobs.all()) if is_prefetched else _outcome(_tallies(blob))


def outcome_of(jobs: Iterable[Job]) -> Outcome:
    """The same of all jobs of a blob that are at hand."""
    return _outcome(_tally(job) for job in jobs)


def _tallies(blob: Blob) -> Iterator[Tally]:
    """Counted by the database: it is asked at the end of each of a long film's pieces."""
    with connection.cursor() as cursor:
        cursor.execute(TALLIES, {"blob": blob.pk, "later": f"{LATER_PIECES}%"})
        yield from (Tally(*row) for row in cursor.fetchall())


def _tally(job: Job) -> Tally:
    is_later = job.part.startswith(LATER_PIECES)
    return Tally(job.kind, job.outcome, job.reason, is_later, 1, job.progress, job.pieces)


def jobs_of_many(path: str = "jobs") -> "Prefetch[Any]":
    """What to prefetch to ask for the states of many blobs: a long film has thousands of pieces,
    and what each is made of need not be read."""
    return Prefetch(path, Job.objects.defer(*HEAVY))


def shown(jobs: Iterable[Job]) -> Iterable[Job]:
    """Those whose outcome is that of their blob."""
    return (job for job in jobs if job.kind in SHOWN)


def still_to_move(blobs: Iterable[Blob]) -> set[UUID | None]:
    """Those of some blobs for which what moves in a grid is being made for the first time."""
    jobs = Job.objects.unfinished().filter(blob__in=blobs, kind__in=MOVING, standing="")
    return set(jobs.values_list("blob", flat=True))


def _outcome(tallies: Iterable[Tally]) -> Outcome:
    """The one rule: failed if any job failed or was cancelled, ready when all are done, else
    processing. What is made anew stays what it was until it is done."""
    tallies = list(tallies)
    for tally in tallies:
        # Nobody waits for it; but bytes that are not what was declared are not shown as if.
        if tally.kind == Job.Kind.VERIFY and tally.outcome == Job.State.FAILED:
            return Outcome("failed", tally.reason, 100)
    tallies = [tally for tally in tallies if tally.kind in SHOWN]
    # Whether it plays at all is said first.
    for tally in sorted(tallies, key=lambda tally: tally.is_later):
        if tally.outcome in UNSUCCESSFUL:
            return Outcome("failed", _reason(tally), 100)
    if tallies and all(tally.outcome == Job.State.DONE for tally in tallies):
        return Outcome("ready", "", 100)
    return Outcome("processing", "", _progress(tallies))


def _reason(tally: Tally) -> str:
    says_that_it_plays = tally.reason in {VIDEO_ENDS_EARLY, CANCELLED}
    return SIZES_MISSING if tally.is_later and not says_that_it_plays else tally.reason


def progress_of(jobs: Iterable[Job]) -> int:
    """Percent done over all jobs of one blob, at most 99; it never goes back.

    Pieces that are planned and not asked for yet count as not begun.
    """
    return _progress([_tally(job) for job in jobs])


def _progress(tallies: list[Tally]) -> int:
    stages = [
        estimates.Stage(
            tally.kind == Job.Kind.PREPARE,
            tally.progress / tally.number,
            tally.number * WEIGHTS.get(tally.kind, 1.0),
        )
        for tally in tallies
    ]
    pieces = [tally for tally in tallies if tally.kind == Job.Kind.SEGMENT]
    planned = max((tally.pieces for tally in pieces), default=0)
    to_come = planned - sum(tally.number for tally in pieces)
    if to_come > 0:
        stages.append(estimates.Stage(is_look=False, percent=0, weight=to_come))
    return estimates.percent_of(stages)
