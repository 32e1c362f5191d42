"""What others may know about the processing of a blob. Read-only."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from mediashare.storage.models import Blob
from processing.models import Job

State = Literal["processing", "ready", "failed"]


# Whose outcome is that of the blob: nobody's picture is late because its bytes are checked again.
SHOWN = {Job.Kind.PREPARE, Job.Kind.TRANSCODE, Job.Kind.PACKAGE, Job.Kind.SEGMENT, Job.Kind.AUDIO}


class Outcome(NamedTuple):
    """How far a blob is: its state, why it failed (for people), percent done."""

    state: State
    reason: str
    progress: int


def state_of(blob: Blob) -> Outcome:
    """How far a blob is, over all its jobs. One query, none when `jobs` is prefetched."""
    return outcome_of(blob.jobs.all())


def outcome_of(jobs: Iterable[Job]) -> Outcome:
    """The one rule: failed if any job failed, ready when all are done, else processing."""
    jobs = [job for job in jobs if job.kind in SHOWN]
    for job in jobs:
        if job.state == Job.State.FAILED:
            return Outcome("failed", job.reason, 100)
    if jobs and all(job.state == Job.State.DONE for job in jobs):
        return Outcome("ready", "", 100)
    return Outcome("processing", "", sum(job.progress for job in jobs) // max(1, len(jobs)))
