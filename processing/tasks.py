"""The doors through which messages come. The work is in `work`; limits are in `celery.py`.

A message rings at a lane. Which job is done then is not in it.
"""

from celery import shared_task
from celery.signals import worker_process_shutdown
from django.utils import timezone

from processing import anew, kept, leftovers, outbox, work
from processing.models import Job, Worker


@shared_task
def interactive() -> None:
    """Do what somebody waits for who is looking at the page."""
    work.do_next(Job.Lane.INTERACTIVE)


@shared_task
def media() -> None:
    """Do what somebody will come back for."""
    work.do_next(Job.Lane.MEDIA)


@shared_task
def bulk() -> None:
    """Do what nobody waits for."""
    work.do_next(Job.Lane.BULK)


@shared_task
def ring_for_forgotten_jobs() -> None:
    """Ring again for what a crash, an outage or a lost message left behind."""
    outbox.top_up(now=timezone.now())


@shared_task
def make_old_outcomes_anew() -> None:
    """Every minute: let some of what older recipes made be made anew. Twice is once."""
    anew.begin_more()


@shared_task
def delete_what_was_replaced() -> None:
    """Hourly: remove renditions that newer ones replaced. Twice is once."""
    leftovers.delete_replaced(now=timezone.now())


@shared_task
def forget_workers() -> None:
    """Every minute: forget workers that are long gone. Twice is once."""
    Worker.objects.forgettable(timezone.now()).delete()


@worker_process_shutdown.connect
def end_the_kept_child(**_: object) -> None:
    """A process that stops in order leaves no child and no folder behind."""
    kept.let_go()
