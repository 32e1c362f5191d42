"""Write jobs down and tell the workers. A lost message costs time, never the job."""

from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import timezone

from mediashare.storage.models import Blob
from processing.models import Job


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
    transaction.on_commit(partial(post, job), robust=True)


def post(job: Job) -> None:
    """Send the message now; raises when the broker cannot be reached."""
    current_app.send_task(f"processing.tasks.{job.kind}", kwargs={"job_id": str(job.pk)})
