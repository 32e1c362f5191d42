"""Write jobs down and tell the workers. A lost message costs time, never the job.

A message is a doorbell: it says that a lane has work, not which. What is done next is decided
when a worker comes, so that one person's long queue is not in the way of another's job.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from kombu.exceptions import ChannelError, OperationalError

from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from processing.models import Job
from processing.recipes import versions

log = structlog.get_logger(__name__)

# A film or a ZIP is waited for, but by nobody who looks at the page; a check of bytes by nobody.
LANES = {
    Job.Kind.PREPARE: Job.Lane.INTERACTIVE,
    Job.Kind.VERIFY: Job.Lane.BULK,
}
# What a job is that begins once more.
FRESH: dict[str, object] = {
    "state": Job.State.WAITING,
    "attempts": 0,
    "setbacks": 0,
    "progress": 0,
    "detail": "",
    "started_at": None,
    "ended_at": None,
}
# So many doorbells wait in a lane at most for the sweep's sake.
AT_ONCE = 1000


@transaction.atomic
def request_job(
    *,
    blob: Blob,
    kind: Job.Kind,
    part: str = "",
    lane: Job.Lane | None = None,
    arguments: Mapping[str, object] | None = None,
) -> Job:
    """Want one job, or one part of it, for a blob. Asking again is harmless."""
    return _request(blob, kind, part, _wanted(blob.owner_id, kind, lane, arguments))


@transaction.atomic
def request_next(
    job: Job,
    *,
    kind: Job.Kind,
    part: str = "",
    lane: Job.Lane | None = None,
    arguments: Mapping[str, object] | None = None,
) -> Job:
    """Want what follows from a job, of the same blob. Asking again is harmless.

    If the job made anew what stands already, nobody waits for what follows from it either. What
    an older version made is made anew too, and stands until then.
    """
    blob = job.original
    if job.standing != Job.State.DONE:
        wanted = _wanted(blob.owner_id, kind, lane, arguments)
    else:
        wanted = _wanted(blob.owner_id, kind, Job.Lane.BULK, arguments)
        wanted["standing"] = Job.State.DONE
    following = _request(blob, kind, part, wanted)
    _request_anew_if_old(following, wanted)
    return following


@transaction.atomic
def request_pieces(
    job: Job, *, kind: Job.Kind, wanted: Mapping[str, Mapping[str, object]], planned: int
) -> None:
    """Want many pieces of a blob, by their part with the arguments of each.

    As `request_next` for each, in a few statements however many. `planned` is how many of this
    kind there will be in all.
    """
    blob = job.original
    is_anew = job.standing == Job.State.DONE
    shared = _wanted(blob.owner_id, kind, Job.Lane.BULK if is_anew else None, None)
    first = shared.pop("turn")
    pieces = [
        Job(
            **shared | {"arguments": dict(arguments)},
            blob=blob,
            kind=kind,
            part=part,
            pieces=planned,
            turn=first + number,
            standing=Job.State.DONE if is_anew else "",
        )
        for number, (part, arguments) in enumerate(wanted.items())
    ]
    Job.objects.bulk_create(pieces, ignore_conflicts=True, batch_size=AT_ONCE)
    # More than that the sweep rings for, when these are done.
    for piece in pieces[:AT_ONCE]:
        post_on_commit(piece)


@transaction.atomic
def begin_once_more(jobs: list[Job], *, standing: str) -> None:
    """Let jobs that are done wait again, in their turns; how often they were begun is not
    forgotten. With `standing` what they made before counts until then."""
    fields = FRESH | {"attempts": F("attempts"), "standing": standing, "due_at": timezone.now()}
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(**fields)
    for job in jobs:
        post_on_commit(job)


@transaction.atomic
def request_job_of(
    owner: User,
    *,
    kind: Job.Kind,
    lane: Job.Lane | None = None,
    arguments: Mapping[str, object] | None = None,
) -> Job:
    """Want one job that is about no single blob. Asking again makes another."""
    job = Job.objects.create(kind=kind, **_wanted(owner.pk, kind, lane, arguments))
    post_on_commit(job)
    return job


def post_on_commit(job: Job) -> None:
    """Send the message once the transaction stands. Without a broker the sweep does it later."""
    # Not a partial: Django logs a robust callback that fails by its name, and a partial has none.
    transaction.on_commit(lambda: post(job), robust=True)


def post(job: Job) -> None:
    """Ring at the job's lane now; raises when the broker cannot be reached."""
    ring(job.lane)


def post_quietly(job: Job) -> None:
    """Send the message if the broker can be reached; if not, the sweep does it later."""
    try:
        post(job)
    except OperationalError as error:
        log.warning("job_not_posted", job=str(job.pk), error=str(error))


def ring(lane: str) -> None:
    """Tell one worker that there is work in a lane; raises when the broker cannot be reached."""
    current_app.send_task(f"processing.tasks.{lane}")


def top_up(*, now: datetime) -> dict[str, int]:
    """Ring for the free jobs whose message must have gone astray; how often, by lane.

    A doorbell too many finds nothing to do, so rough numbers are good enough.
    """
    rung = {}
    for lane in Job.Lane.values:
        free = _count_free(lane, now)
        rung[lane] = max(0, free - waiting_messages(lane)) if free else 0
        for _ in range(rung[lane]):
            ring(lane)
    return rung


def waiting_messages(lane: str) -> int:
    """How many messages a lane's queue holds, as its broker says."""
    name = current_app.amqp.router.route({}, f"processing.tasks.{lane}")["queue"].name
    with current_app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        try:
            return int(channel.queue_declare(name, passive=True).message_count)
        except ChannelError:
            # Valkey has no such thing as an empty queue.
            return 0


def _wanted(
    owner_id: uuid.UUID,
    kind: Job.Kind,
    lane: Job.Lane | None,
    arguments: Mapping[str, object] | None,
) -> dict[str, Any]:
    lane = lane or LANES.get(kind, Job.Lane.MEDIA)
    now = timezone.now()
    turn = Job.objects.next_turn(owner_id=owner_id, lane=lane, now=now)
    return {
        "owner_id": owner_id,
        "lane": lane,
        "turn": turn,
        "arguments": dict(arguments or {}),
        "due_at": now,
    }


def _request(blob: Blob, kind: Job.Kind, part: str, wanted: dict[str, Any]) -> Job:
    job, created = Job.objects.get_or_create(blob=blob, kind=kind, part=part, defaults=wanted)
    if created:
        post_on_commit(job)
    return job


def _request_anew_if_old(job: Job, wanted: dict[str, Any]) -> None:
    ended = Job.objects.filter(pk=job.pk, state__in=[Job.State.DONE, Job.State.FAILED])
    earlier = Coalesce(NullIf("standing", Value("")), "state")
    fields: dict[str, Any] = {**FRESH, **wanted, "standing": earlier}
    begun = ended.filter(version__lt=versions.of(job.kind)).update(**fields)
    if begun:
        job.refresh_from_db()
        post_on_commit(job)


def _count_free(lane: str, now: datetime) -> int:
    """Jobs of a lane that a worker could take now; stops counting where it makes no difference."""
    of_lane = Job.objects.filter(lane=lane)
    return sum(free[:AT_ONCE].count() for free in (of_lane.abandoned(now), of_lane.due(now)))
