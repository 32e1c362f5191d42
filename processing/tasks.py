"""The doors through which messages come. The work is in `work`; limits are in `celery.py`."""

import uuid

from celery import shared_task
from django.utils import timezone

from processing import outbox, work


@shared_task
def prepare(*, job_id: str) -> None:
    """Look at a file; make its pictures or poster."""
    work.do_job(uuid.UUID(job_id))


@shared_task
def transcode(*, job_id: str) -> None:
    """Make the video that plays in a browser."""
    work.do_job(uuid.UUID(job_id))


@shared_task
def repost_lost_jobs() -> None:
    """Send again what a crash, an outage or a lost message left behind."""
    outbox.repost_lost(now=timezone.now())
