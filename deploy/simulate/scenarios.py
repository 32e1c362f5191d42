"""The days that are compared: so many users, a crowd or none, and who decides about workers.

Large days are played in small: from 200,000 users on one simulated user stands for several. That
errs on the safe side, since a larger fleet shares its peaks better than a smaller one.
"""

from dataclasses import dataclass, replace
from functools import cache
from math import ceil, exp

import numpy as np

from deploy.simulate import known
from deploy.simulate.assumed import CROWD, DAY, MACHINES, MESSAGES, PEOPLE
from deploy.simulate.demand import Demand
from deploy.simulate.prices import Bill, bill
from deploy.simulate.strategies import Fixed, Strategy, steered, tracked
from deploy.simulate.world import LANES, Outcome, Plan, World

SIZES = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
PLAYED_MOST = 200_000
UNBOUNDED = 10_000
# A day begins without workers; what comes while the first of them start is not looked at.
WARM_UP = 900.0
# A fleet of one size is bought for this share of being busy.
BUSY_SHARE = 0.7

STEERED = "steered, Spot"
ON_DEMAND = "steered, on demand"
TRACKED = "tracked, Spot"
FOR_THE_MEAN = "fixed, mean"
FOR_THE_PEAK = "fixed, busiest hour"


@dataclass(frozen=True)
class Day:
    """What a day was like. `each` simulated user, photo and worker stands for so many."""

    name: str
    users: int
    each: float
    outcome: Outcome
    bill: Bill

    def most_workers(self, lane: str) -> int:
        return round(max(s.workers for s in self.outcome.samples[lane]) * self.each)


def percentiles(seconds: np.ndarray) -> tuple[float, float, float]:
    """p50, p95 and p99."""
    p50, p95, p99 = np.percentile(seconds, [50, 95, 99]).tolist() if len(seconds) else [0.0] * 3
    return p50, p95, p99


def day(name: str, users: int, *, crowd: bool = True, media_most: int = UNBOUNDED) -> Day:
    """One of the named days, with so many users; the group of media has `media_most` at most."""
    played = min(users, PLAYED_MOST)
    outcome = _played(name, played, users / played, crowd, media_most)
    return Day(name, users, users / played, outcome, bill(outcome))


@cache
def _played(name: str, users: int, each: float, crowd: bool, media_most: int) -> Outcome:
    plan = Plan(
        demand=Demand(users, crowd=CROWD if crowd else None),
        strategies=strategies(name, users),
        on_spot=frozenset({"media"}) if name in {STEERED, TRACKED} else frozenset(),
        most={"interactive": UNBOUNDED, "media": media_most},
        warm_up=WARM_UP,
        machines=MACHINES,
        messages=replace(MESSAGES, in_flight_most=MESSAGES.in_flight_most / each),
    )
    outcome = World(plan).play()
    if name in {FOR_THE_MEAN, FOR_THE_PEAK}:
        # It is there every day, however long this day's work lasts.
        share = DAY / outcome.ended_at
        paid = {lane: seconds * share for lane, seconds in outcome.on_demand_seconds.items()}
        outcome = replace(outcome, on_demand_seconds=paid)
    return outcome


def strategies(name: str, users: int) -> dict[str, Strategy]:
    if name in {STEERED, ON_DEMAND}:
        return dict.fromkeys(LANES, steered)
    if name == TRACKED:
        return dict.fromkeys(LANES, tracked)
    peak = 1 + PEOPLE.swing if name == FOR_THE_PEAK else 1.0
    mean = mean_slots(users)
    return {lane: Fixed(ceil(mean[lane] * peak / BUSY_SHARE / MACHINES.slots)) for lane in LANES}


def mean_slots(users: int) -> dict[str, float]:
    """How many slots the users of a day without a crowd keep busy, on average."""
    work = known.work()
    length = PEOPLE.video_seconds * exp(PEOPLE.video_seconds_spread**2 / 2)
    return {
        "interactive": users * PEOPLE.photos_a_day * work.photo / DAY,
        "media": users * PEOPLE.videos_a_day * length * work.whole_ladder / DAY,
    }
