"""Who decides how many workers there are: the policy of production, or what it is compared with."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

import simpy

from deploy.simulate.fleet import Group
from deploy.simulate.lane import Lane
from processing.recipes import scaling, steering

TRACKED_SECONDS = 60.0
# CloudWatch's alarms of a target tracking policy: so many minutes above, or so many well below.
OUT_MINUTES, IN_MINUTES, IN_BELOW = 3, 15, 0.9

Strategy = Callable[["Post"], simpy.events.ProcessGenerator]


@dataclass(eq=False)
class Post:
    """What somebody who decides for a lane can see and do."""

    env: simpy.Environment
    lane: Lane
    policy: scaling.Policy
    group: Group
    reserve: Group | None
    up_to_date: Callable[[], None]
    desired: int = field(default=0, init=False)

    def fleet(self) -> scaling.Fleet:
        """As `processing.metrics` would say it."""
        workers = len(self.lane.workers)
        changed_at = max(
            self.group.changed_at,
            self.reserve.changed_at if self.reserve else self.group.changed_at,
        )
        return scaling.Fleet(
            workers=workers,
            slots=workers * self.group.machines.slots,
            busy=min(self.lane.running, workers),
            seconds_since_change=self.env.now - changed_at,
        )


def steered(post: Post) -> simpy.events.ProcessGenerator:
    """`manage.py steer`, with the very code of production."""
    helm = steering.Helm(post.policy)
    while True:
        post.up_to_date()
        answer = helm.steer(
            post.lane.load(),
            post.fleet(),
            group=post.group,
            reserve=post.reserve,
            now=post.env.now,
        )
        post.group.ask(answer.workers)
        if post.reserve:
            post.reserve.ask(answer.on_demand)
        yield post.env.timeout(post.group.machines.steered_every)


def tracked(post: Post) -> simpy.events.ProcessGenerator:
    """A target tracking policy on desired workers for each worker in service, as AWS does it."""
    seen: deque[float] = deque(maxlen=IN_MINUTES)
    while True:
        post.up_to_date()
        fleet, load = post.fleet(), post.lane.load()
        needed = scaling.workers_needed(load, post.policy, slots=post.group.machines.slots)
        # Of no worker there is no metric; one is what a group is given by hand.
        workers = max(1, fleet.workers)
        ratio = max(needed, fleet.busy) / workers
        seen.append(ratio)
        latest = list(seen)[-OUT_MINUTES:]
        if len(latest) == OUT_MINUTES and min(latest) > 1:
            wanted = ceil(workers * ratio)
            post.group.ask(min(max(wanted, post.group.asked), post.group.most))
            seen.clear()
        elif len(seen) == IN_MINUTES and max(seen) < IN_BELOW:
            post.group.ask(max(ceil(workers * max(seen)), post.group.least, 1))
            seen.clear()
        yield post.env.timeout(TRACKED_SECONDS)


@dataclass(frozen=True)
class Fixed:
    """A fleet of one size."""

    workers: int

    def __call__(self, post: Post) -> simpy.events.ProcessGenerator:
        post.group.ask(self.workers)
        yield post.env.timeout(0)
