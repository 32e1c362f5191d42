"""What people and other apps may ask of processing. Nothing here does the work."""

from dataclasses import asdict
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from processing import many, outbox
from processing.models import Job
from processing.reasons import CANCELLED
from processing.recipes import film, versions

ENDED_BADLY = [Job.State.FAILED, Job.State.CANCELLED]
UNFINISHED = [Job.State.WAITING, Job.State.RUNNING]


def request_processing(*, blob: Blob, name: str = "", modified_at: datetime | None = None) -> Job:
    """Ask for pictures, poster and video of a blob. Asking again is harmless.

    The file's name and the time of its last change say when it was taken, if nothing in it does.
    """
    arguments = {"name": name, "modified_at": modified_at.isoformat() if modified_at else None}
    return outbox.request_job(blob=blob, kind=Job.Kind.PREPARE, arguments=arguments)


def request_film(*, owner: User, wish: film.Wish) -> Job:
    """Ask for a film of an owner's blobs; one is made for each time of asking."""
    return outbox.request_job_of(owner, kind=Job.Kind.FILM, arguments=asdict(wish))


def request_copy(*, blob: Blob) -> Job:
    """Ask for the original without its place. Asking again is harmless, and tries a failed one.

    A copy from when less was known of places is made anew.
    """
    job = outbox.request_job(blob=blob, kind=Job.Kind.STRIP)
    asked = Job.objects.filter(pk=job.pk)
    retry(jobs=asked)
    older = asked.filter(state=Job.State.DONE, version__lt=versions.of(Job.Kind.STRIP))
    many.change(older, many.begin_again)
    return job


def retry(*, jobs: QuerySet[Job]) -> int:
    """Try those that failed or were cancelled again from the start; how many.

    They join the end of their owners' lines. A retry of many takes no turn before others.
    """
    return many.change(jobs.filter(state__in=ENDED_BADLY), many.begin_again)


def cancel(*, jobs: QuerySet[Job]) -> int:
    """Cancel those that wait, and those that run: their workers notice within seconds.

    How many. What was done before is kept; so is what was made before of what is made anew.
    """
    return many.change(jobs.filter(state__in=UNFINISHED), _cancel)


def retry_failed(*, blob: Blob) -> int:
    """Try what failed or was cancelled of a blob again from the start; how many."""
    return retry(jobs=Job.objects.unsuccessful().filter(blob=blob))


def _cancel(jobs: list[Job]) -> None:
    chosen = Job.objects.filter(pk__in=[job.pk for job in jobs])
    # Without its lease a worker that is at it can write nothing any more.
    ended = {"state": Job.State.CANCELLED, "lease": None, "lease_until": None}
    chosen.exclude(standing="").update(**ended, ended_at=timezone.now())
    chosen.filter(standing="").update(**ended, ended_at=timezone.now(), reason=CANCELLED)
