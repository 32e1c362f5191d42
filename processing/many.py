"""Change many jobs at once, in transactions of a bounded size, and tell who listens.

A crash in between leaves some changed and the rest as they were: asking again goes on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, CharField, F, Max, QuerySet, Value, When
from django.utils import timezone

from processing import outbox, queries, signals
from processing.models import Job

AT_ONCE = 500


def change(jobs: QuerySet[Job], do: Callable[[list[Job]], None], *, most: int | None = None) -> int:
    """Do something to the chosen jobs that ends their being chosen; to how many it was done."""
    jobs = jobs.select_related(None)
    changed = 0
    # First around rows that a worker holds just now; then, in one order for all, waiting for them.
    for some, skip_locked in ((jobs.order_by(), True), (jobs.order_by("pk"), False)):
        while done := _change(some[: _room(most, changed)], do, skip_locked=skip_locked):
            changed += done
    return changed


def begin_again(jobs: list[Job]) -> None:
    """Let jobs wait as if they were new, after what their owners have waiting."""
    now = timezone.now()
    _wait(jobs, lane=None, now=now, reason="")


def begin_anew(jobs: list[Job]) -> None:
    """Let jobs that are done or failed be done once more where nobody waits.

    Their outcome stands until then.
    """
    standing = Case(
        When(standing="", then=F("state")), default=F("standing"), output_field=CharField()
    )
    _wait(jobs, lane=Job.Lane.BULK, now=timezone.now(), standing=standing)


def _room(most: int | None, changed: int) -> int:
    return AT_ONCE if most is None else min(AT_ONCE, most - changed)


@transaction.atomic
def _change(jobs: QuerySet[Job], do: Callable[[list[Job]], None], *, skip_locked: bool) -> int:
    taken = list(jobs.select_for_update(skip_locked=skip_locked, of=("self",)))
    if taken:
        do(taken)
        _tell(taken)
    return len(taken)


def _tell(jobs: list[Job]) -> None:
    """One signal for all blobs whose outcome may be another now; one for each of the rest."""
    shown = {job.blob_id for job in jobs if job.blob_id and job.kind in queries.SHOWN}
    if shown:
        signals.processed_many.send(sender=Job, blob_ids=shown)
    for job in jobs:
        if job.blob_id not in shown:
            job.refresh_from_db()
            signals.processed.send(sender=Job, job=job, blob=job.blob)


def _wait(jobs: list[Job], *, lane: Job.Lane | None, now: datetime, **fields: object) -> None:
    for job in jobs:
        job.lane = lane or job.lane
    turns = _turns(jobs, now)
    Job.objects.filter(pk__in=list(turns)).update(
        **outbox.FRESH,
        **fields,
        due_at=now,
        lane=Case(*(When(pk=job.pk, then=Value(job.lane)) for job in jobs)),
        turn=Case(*(When(pk=pk, then=Value(turn)) for pk, turn in turns.items())),
    )
    for job in jobs:
        outbox.post_on_commit(job)


def _turns(jobs: list[Job], now: datetime) -> dict[UUID, int]:
    """A turn for each job, as `next_turn` would give one after the other.

    As many queries as there are lanes, and one more.
    """
    line = Job.objects.filter(state=Job.State.WAITING)
    served = {
        # As in `next_turn`: what came back has an early turn.
        lane: line.due(now)
        .filter(lane=lane, started_at=None)
        .order_by("turn")
        .values_list("turn", flat=True)
        .first()
        for lane in {job.lane for job in jobs}
    }
    owners = {job.owner_id for job in jobs}
    last = {
        (lane, owner): turn
        for lane, owner, turn in line.filter(owner__in=owners)
        .values_list("lane", "owner")
        .annotate(Max("turn"))
    }
    turns: dict[UUID, int] = {}
    for place, group in _by_place(jobs).items():
        first = max(served[place[0]] or 0, last.get(place, -1) + 1)
        turns |= {job.pk: first + number for number, job in enumerate(group)}
    return turns


def _by_place(jobs: Iterable[Job]) -> dict[tuple[str, UUID], list[Job]]:
    places = defaultdict(list)
    for job in jobs:
        places[job.lane, job.owner_id].append(job)
    return places
