"""Figures of the processing tier, read from the database: the rows are the truth, not a process.

Whoever asks gets the same answer, however many web processes there are. Each question is one
look into an index; what has ended is asked about for the last minutes only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any

from django.db import connection, transaction
from django.db.models import Aggregate, Avg, Count, DurationField, F, Min, Q

from processing.models import Job, JobQuerySet, Worker
from processing.recipes import scaling

# Ended jobs are looked at so far back.
WINDOW = timedelta(minutes=10)
PATIENCE_MS = 5000

TOOK = F("ended_at") - F("started_at")
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Gauge:
    """One figure. A name that ends in `_seconds` is a time, others are numbers of things."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lane:
    """What a lane is asked, and who serves it, at one moment."""

    name: str
    load: scaling.Load
    fleet: scaling.Fleet
    later: int
    failed: int

    def gauges(self) -> Iterator[Gauge]:
        policy, load, fleet = scaling.POLICIES[self.name], self.load, self.fleet
        clear = scaling.clear_seconds(load, policy, slots=fleet.slots)
        backlog = scaling.backlog_per_worker(load, fleet)
        desired = scaling.desired(load, fleet, policy).workers
        for name, words, value in [
            ("jobs_waiting", "Jobs that could begin now.", load.waiting),
            ("jobs_later", "Jobs that wait for their time, after a failure.", self.later),
            ("jobs_running", "Jobs that a worker has.", load.running),
            ("jobs_failed", "Jobs that failed, until somebody tries them again.", self.failed),
            ("oldest_job_seconds", "How long the oldest has waited.", load.oldest_seconds),
            ("clear_seconds", "How long the workers need for all there is.", clear),
            ("backlog_per_worker", "Waiting jobs by worker.", backlog),
            ("workers", "Workers that serve the lane.", fleet.workers),
            ("workers_desired", "Workers that the lane should have.", desired),
        ]:
            yield Gauge(name, words, value, {"lane": self.name})


def gauges(now: datetime) -> list[Gauge]:
    """Everything there is to publish. Raises django.db.Error rather than take long."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE_MS])
        return [*(gauge for lane in lanes(now) for gauge in lane.gauges()), *_durations(now)]


def lanes(now: datetime) -> list[Lane]:
    """Each lane's load and fleet."""
    of_state = Job.objects.filter
    waiting = _by_lane(
        of_state(state=Job.State.WAITING),
        free=Count("pk", filter=Q(due_at__lte=now)),
        later=Count("pk", filter=Q(due_at__gt=now)),
        oldest=Min("due_at"),
    )
    running = _by_lane(
        of_state(state=Job.State.RUNNING),
        held=Count("pk", filter=Q(lease_until__gte=now)),
        abandoned=Count("pk", filter=Q(lease_until__lt=now)),
        since=Min("lease_until", filter=Q(lease_until__lt=now)),
    )
    failed = _by_lane(of_state(state=Job.State.FAILED), count=Count("pk"))
    took = _by_lane(_ended_lately(now), seconds=Avg(TOOK))
    workers = list(Worker.objects.all())
    found = []
    for name in Job.Lane.values:
        line, busy = waiting.get(name, {}), running.get(name, {})
        load = scaling.Load(
            waiting=line.get("free", 0) + busy.get("abandoned", 0),
            running=busy.get("held", 0),
            # What a dead worker had waits since its lease ran out.
            oldest_seconds=_seconds(now - min(line.get("oldest", now), busy.get("since") or now)),
            job_seconds=_seconds(took.get(name, {}).get("seconds")),
        )
        mine = [worker for worker in workers if name in worker.lanes]
        lost = failed.get(name, {}).get("count", 0)
        found.append(Lane(name, load, _fleet(mine, load, now), line.get("later", 0), lost))
    return found


def _fleet(known: list[Worker], load: scaling.Load, now: datetime) -> scaling.Fleet:
    ends = {worker.name: worker.ended_at(now) for worker in known}
    here = [worker for worker in known if ends[worker.name] is None]
    changes = [ends[worker.name] or worker.started_at for worker in known]
    return scaling.Fleet(
        workers=len(here),
        slots=sum(worker.slots for worker in here),
        # At worst each running job is with another worker.
        busy=min(load.running, len(here)),
        seconds_since_change=_seconds(now - max(changes)) if changes else inf,
    )


def _durations(now: datetime) -> Iterator[Gauge]:
    """How long jobs of each kind took lately, and how many they were."""
    kinds = _ended_lately(now).values("kind").order_by("kind")
    for row in kinds.annotate(
        count=Count("pk"), half=Percentile(TOOK, fraction=0.5), most=Percentile(TOOK, fraction=0.95)
    ):
        kind = {"kind": row["kind"]}
        yield Gauge("jobs_done_lately", "Jobs done in the last ten minutes.", row["count"], kind)
        for quantile, value in (("0.5", row["half"]), ("0.95", row["most"])):
            words = "How long jobs took that were done in the last ten minutes."
            yield Gauge("job_seconds", words, _seconds(value), {**kind, "quantile": quantile})


class Percentile(Aggregate):
    """PostgreSQL's percentile_cont over times."""

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def _ended_lately(now: datetime) -> JobQuerySet:
    # The lanes are all there are; named, they let an index be used that begins with them.
    return Job.objects.filter(
        state=Job.State.DONE, lane__in=Job.Lane.values, ended_at__gt=now - WINDOW
    )


def _by_lane(jobs: JobQuerySet, **figures: Aggregate) -> Rows:
    rows = jobs.values("lane").order_by().annotate(**figures)
    return {row["lane"]: dict(row) for row in rows}


def _seconds(time: timedelta | None) -> float:
    return max(0.0, time.total_seconds()) if time else 0.0
