"""Write jobs down and tell the workers. A lost message costs time, never the job."""

from datetime import datetime

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from mediashare.storage.models import Blob
from processing.models import Job

log = structlog.get_logger(__name__)

# A sweep posts so many at most; the next one posts the rest.
AT_ONCE = 1000


@transaction.atomic
def request_job(*, blob: Blob, kind: Job.Kind) -> Job:
    """Want one kind of job for a blob. Asking again is harmless."""
    now = timezone.now()
    job, created = Job.objects.get_or_create(
        blob=blob, kind=kind, defaults={"due_at": now, "posted_at": now}
    )
    if created:
        post_on_commit(job)
    return job


def post_on_commit(job: Job) -> None:
    """Send the message once the transaction stands. Without a broker the sweep does it later."""
    # Not a partial: Django logs a robust callback that fails by its name, and a partial has none.
    transaction.on_commit(lambda: post(job), robust=True)


def post(job: Job) -> None:
    """Send the message now; raises when the broker cannot be reached."""
    current_app.send_task(f"processing.tasks.{job.kind}", kwargs={"job_id": str(job.pk)})


def post_quietly(job: Job) -> None:
    """Send the message if the broker can be reached; if not, the sweep does it later."""
    try:
        post(job)
    except OperationalError as error:
        log.warning("job_not_posted", job=str(job.pk), error=str(error))


def repost_lost(*, now: datetime) -> int:
    """Post again the jobs whose message must be lost, oldest first; how many."""
    ids = list(Job.objects.lost(now).order_by("posted_at").values_list("pk", flat=True)[:AT_ONCE])
    # Stamped first: a sweep that dies here, or meets another one, posts too little, not too much.
    Job.objects.filter(pk__in=ids).update(posted_at=now)
    for job in Job.objects.filter(pk__in=ids):
        post(job)
    return len(ids)
