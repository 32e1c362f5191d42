"""What people and other apps may ask of processing. Nothing here does the work."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mediashare.storage.models import Blob
from processing import outbox, signals
from processing.models import Job


def request_processing(*, blob: Blob, name: str = "", modified_at: datetime | None = None) -> Job:
    """Ask for pictures, poster and video of a blob. Asking again is harmless.

    The file's name and the time of its last change say when it was taken, if nothing in it does.
    """
    arguments = {"name": name, "modified_at": modified_at.isoformat() if modified_at else None}
    return outbox.request_job(blob=blob, kind=Job.Kind.PREPARE, arguments=arguments)


@transaction.atomic
def retry_job(*, job: Job) -> bool:
    """Try a failed job again from the start. False when there is nothing to retry."""
    now = timezone.now()
    again = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
        state=Job.State.WAITING,
        attempts=0,
        setbacks=0,
        progress=0,
        reason="",
        detail="",
        due_at=now,
        ended_at=None,
    )
    if again:
        job.refresh_from_db()
        signals.processed.send(sender=Job, job=job, blob=job.blob)
        outbox.post_on_commit(job)
    return again == 1


def retry_failed(*, blob: Blob) -> int:
    """Try every failed job of a blob again from the start; how many."""
    failed = Job.objects.filter(blob=blob, state=Job.State.FAILED)
    return sum(retry_job(job=job) for job in failed)
