"""Instances: asked for, started, taken away. They play in SimPy, their jobs in `lane`."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from math import inf
from random import Random

import simpy

from deploy.simulate import known
from deploy.simulate.assumed import HOUR, Machines
from deploy.simulate.lane import Lane, Worker

# A group looks so often whether it has what it was asked for.
LOOK_SECONDS = 15.0
# An instance that breaks is noticed after so long, by EC2's own checks.
NOTICED_SECONDS = 180.0
# What `processing.spot` keeps of a notice for giving back.
SPARE_SECONDS = 30.0
# How long a worker that is sent away may go on: STOP_GRACE_SECONDS as deploy/README.md has it.
GRACE_SECONDS = 90.0

Life = Generator[simpy.Event, object, None]


@dataclass(eq=False)
class Instance:
    worker: Worker
    launched_at: float
    life: simpy.Process | None = None


@dataclass
class Spot:
    """A market that may have nothing left. Shared by all groups that buy there."""

    machines: Machines
    taken: int = 0

    def has_one(self, now: float) -> bool:
        begins, ends = self.machines.shortage
        return self.taken < self.machines.spot_pool and not begins <= now < ends


@dataclass(eq=False)
class Group:
    """An Auto Scaling group of one lane's workers, on Spot or on demand."""

    env: simpy.Environment
    lane: Lane
    machines: Machines
    chance: Random
    up_to_date: Callable[[], None]
    least: int = 0
    most: int = 10_000
    spot: Spot | None = None
    asked: int = 0
    instances: list[Instance] = field(default_factory=list)
    changed_at: float = -inf
    instance_seconds: float = 0.0
    launches: int = 0
    interrupted: int = 0
    broken: int = 0

    def __post_init__(self) -> None:
        self.ask(self.least)
        self.env.process(self._look())

    @property
    def launched(self) -> int:
        return len(self.instances)

    def ask(self, instances: int) -> None:
        self.asked = instances
        while self.launched > self.asked:
            # Which one, nobody knows beforehand.
            leaving = self.instances.pop(self.chance.randrange(self.launched))
            if leaving.life is not None:
                leaving.life.interrupt()
        while self.launched < self.asked and self._has_one():
            self._launch()

    def _look(self) -> Life:
        while True:
            yield self.env.timeout(LOOK_SECONDS)
            self.ask(self.asked)

    def _has_one(self) -> bool:
        return self.spot is None or self.spot.has_one(self.env.now)

    def _launch(self) -> None:
        if self.spot is not None:
            self.spot.taken += 1
        self.launches += 1
        instance = Instance(Worker(self.machines.slots), self.env.now)
        self.instances.append(instance)
        instance.life = self.env.process(self._live(instance))

    def _live(self, instance: Instance) -> Life:
        machines, chance = self.machines, self.chance
        taken_after, breaks_after = inf, chance.expovariate(machines.breaks_an_hour / HOUR)
        if self.spot is not None and machines.interrupted_an_hour:
            taken_after = chance.expovariate(machines.interrupted_an_hour / HOUR)
        try:
            spread = chance.gauss(1.0, machines.start_spread)
            yield self.env.timeout(machines.start_seconds * max(0.5, spread))
            self.up_to_date()
            self.lane.join(instance.worker)
            self.changed_at = self.env.now
            yield self.env.timeout(min(taken_after, breaks_after))
        except simpy.Interrupt:
            yield from self._leave(instance, GRACE_SECONDS)
        else:
            if taken_after < breaks_after:
                self.interrupted += 1
                yield from self._leave(instance, machines.notice_seconds - SPARE_SECONDS)
                yield self.env.timeout(SPARE_SECONDS)
            else:
                self.broken += 1
                yield from self._break(instance)
            # Only now the group sees that it has one less; it may have sent it away meanwhile.
            if instance in self.instances:
                self.instances.remove(instance)
        self._pay(instance)

    def _leave(self, instance: Instance, seconds: float) -> Life:
        """In order: what it has may end for so long, and is then given back."""
        self.up_to_date()
        self.lane.leave(instance.worker)
        self.changed_at = self.env.now
        instance.life = None
        ends_at = self.env.now + seconds
        while not instance.worker.is_idle and self.env.now < ends_at:
            yield self.env.timeout(5.0)
            self.up_to_date()
        self.lane.give_back(instance.worker)

    def _break(self, instance: Instance) -> Life:
        self.up_to_date()
        self.lane.lose(
            instance.worker,
            lease_seconds=known.setting("JOB_LEASE_SECONDS"),
            hidden_seconds=known.setting("SQS_VISIBILITY_SECONDS"),
        )
        self.changed_at = self.env.now
        instance.life = None
        yield self.env.timeout(NOTICED_SECONDS)

    def _pay(self, instance: Instance) -> None:
        if self.spot is not None:
            self.spot.taken -= 1
        self.instance_seconds += self.env.now - instance.launched_at

    def paid_seconds(self) -> float:
        """Of all instances, those that are still there among them."""
        here = sum(self.env.now - instance.launched_at for instance in self.instances)
        return self.instance_seconds + here
