"""How each lane is doing, for who runs the site. Counts stop where more makes no difference."""

from datetime import datetime, timedelta
from typing import NamedTuple

from processing.models import Job

MOST = 10_000
LATELY = timedelta(minutes=10)


class Count(NamedTuple):
    number: int

    def __str__(self) -> str:
        return f"{MOST:,}+" if self.number >= MOST else f"{self.number:,}"


class LaneView(NamedTuple):
    """One lane now. `oldest` is when the job was asked for that waits longest of those whose turn
    it is; `done_lately` counts what ended in the last ten minutes."""

    lane: str
    waiting: Count
    running: Count
    failed: Count
    done_lately: Count
    oldest: datetime | None


def lanes(*, now: datetime) -> list[LaneView]:
    """Five queries for each lane, each of them over an index and bounded."""
    return [_lane(lane, now) for lane in Job.Lane.values]


def workers() -> list[str]:
    """Who works just now."""
    running = Job.objects.filter(state=Job.State.RUNNING).order_by("worker")
    return list(running.values_list("worker", flat=True).distinct()[:100])


def _lane(lane: str, now: datetime) -> LaneView:
    jobs = Job.objects.filter(lane=lane)
    waiting = jobs.filter(state=Job.State.WAITING)
    return LaneView(
        lane=lane,
        waiting=Count(waiting[:MOST].count()),
        running=Count(jobs.filter(state=Job.State.RUNNING)[:MOST].count()),
        failed=Count(jobs.filter(state=Job.State.FAILED)[:MOST].count()),
        done_lately=Count(
            jobs.filter(state=Job.State.DONE, ended_at__gte=now - LATELY)[:MOST].count()
        ),
        oldest=waiting.due(now)
        .order_by("turn", "created_at")
        .values_list("created_at", flat=True)
        .first(),
    )
