"""What others may know about the processing of a blob. Read-only."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import Prefetch

from mediashare.storage.models import Blob
from processing.models import Job
from processing.recipes import estimates

State = Literal["processing", "ready", "failed"]

UNSUCCESSFUL = {Job.State.FAILED, Job.State.CANCELLED}
# What a row holds that no page of many rows reads.
HEAVY = ("arguments", "result", "detail")
# Sound is quick beside encoding a picture.
WEIGHTS: dict[str, float] = {Job.Kind.AUDIO: 0.3}
# Whose outcome is that of the blob: nobody's picture is late because its bytes are checked again.
SHOWN = {Job.Kind.PREPARE, Job.Kind.SEGMENT, Job.Kind.AUDIO}
# What nobody waits for, but whoever looks at a grid sees when it is there.
MOVING = {Job.Kind.MOTION, Job.Kind.PREVIEWS}


class Outcome(NamedTuple):
    """How far a blob is: its state, why it failed (for people), percent done."""

    state: State
    reason: str
    progress: int


def state_of(blob: Blob) -> Outcome:
    """How far a blob is, over all its jobs. One query, none when `jobs_of_many` were prefetched."""
    is_prefetched = "jobs" in getattr(blob, "_prefetched_objects_cache", {})
    return outcome_of(blob.jobs.all() if is_prefetched else blob.jobs.defer(*HEAVY))


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


def outcome_of(jobs: Iterable[Job]) -> Outcome:
    """The one rule: failed if any job failed or was cancelled, ready when all are done, else
    processing. What is made anew stays what it was until it is done."""
    jobs = list(jobs)
    for job in jobs:
        # Nobody waits for it; but bytes that are not what was declared are not shown as if.
        if job.kind == Job.Kind.VERIFY and job.outcome == Job.State.FAILED:
            return Outcome("failed", job.reason, 100)
    jobs = list(shown(jobs))
    for job in jobs:
        if job.outcome in UNSUCCESSFUL:
            return Outcome("failed", job.reason, 100)
    if jobs and all(job.outcome == Job.State.DONE for job in jobs):
        return Outcome("ready", "", 100)
    return Outcome("processing", "", progress_of(jobs))


def progress_of(jobs: Iterable[Job]) -> int:
    """Percent done over all jobs of one blob, at most 99; it never goes back.

    Pieces that are planned and not asked for yet count as not begun.
    """
    jobs = list(jobs)
    stages = [
        estimates.Stage(job.kind == Job.Kind.PREPARE, job.progress, WEIGHTS.get(job.kind, 1.0))
        for job in jobs
    ]
    pieces = [job.pieces for job in jobs if job.kind == Job.Kind.SEGMENT]
    to_come = max(pieces, default=0) - len(pieces)
    return estimates.percent_of([*stages, *[estimates.Stage(is_look=False, percent=0)] * to_come])
