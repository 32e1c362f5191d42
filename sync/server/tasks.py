"""Doors to what the timer and actions ask for. No work is done here."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from sync.server import copying, damage, keeping, sweeping, verifying
from sync.server.acts import working
from sync.server.following import sending
from sync.server.people import inviting, lifetime


@shared_task
def sweep() -> None:
    """Every five minutes: end what was begun and left, and give its room back. Twice is once."""
    now = timezone.now()
    sweeping.expire_incoming(now=now)
    sweeping.forget_unused(now=now)
    sweeping.drop_stray_multiparts(now=now)
    inviting.forget_old(now=now)
    lifetime.remove_deleted(now=now)
    for act_id in sweeping.forgotten_acts(now=now):
        advance_act.delay(act_id=str(act_id))


@shared_task
def advance_act(*, act_id: str) -> None:
    """Go on with an act, and post the rest. Twice is once; late or never, the sweep posts it."""
    if not working.advance(UUID(act_id), clock=timezone.now, most=working.IN_A_TASK):
        advance_act.delay(act_id=act_id)


@shared_task
def end_histories() -> None:
    """Hourly: let go of what folders were too long ago, each once a day. Twice is once."""
    while keeping.look_at_folders(now=timezone.now()) == keeping.LOOKED_AT_ONCE:
        pass


@shared_task
def tell_followers() -> None:
    """Every minute: mail about folders that have come to rest. Two at once send one mail."""
    sending.send_due(now=timezone.now())


@shared_task
def verify() -> None:
    """Every minute: read what came in parts, and tell of damage. Several at once share the work."""
    verifying.verify_some(clock=timezone.now)
    damage.tell_all(now=timezone.now())


@shared_task
def copy_journals() -> None:
    """Every minute: copy into the bucket what changed in folders. Twice is once."""
    copying.copy_due()
