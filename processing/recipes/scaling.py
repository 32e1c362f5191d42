"""How many workers a lane should have. Pure: a load and a fleet in, a number out.

Out is quick, since somebody waits; in is slow, since a worker takes minutes to come back.
"""

from dataclasses import dataclass
from math import ceil, inf


@dataclass(frozen=True)
class Load:
    """What a lane is asked at one moment.

    `waiting` jobs could begin now, the oldest since `oldest_seconds`. `job_seconds` is what one
    takes of one slot; 0 while none has ended lately.
    """

    waiting: int
    running: int
    oldest_seconds: float
    job_seconds: float


@dataclass(frozen=True)
class Fleet:
    """The lane's workers, with `slots` together; 0 where that is not known.

    `busy` ones would lose work by leaving. `seconds_since_change` ago one came, left or died, or
    another number was asked for. `asked` for are so many, those that still start among them; of
    these EC2 has had none for `missing` since `missing_seconds`, as when there is no Spot
    capacity. Whoever asks for workers knows that (`processing.steering`), and no database of ours.
    """

    workers: int
    slots: int = 0
    busy: int = 0
    seconds_since_change: float = inf
    asked: int | None = None
    missing: int = 0
    missing_seconds: float = 0


@dataclass(frozen=True)
class Policy:
    """What a lane is owed: its backlog cleared in `target_seconds` by `least` to `most` workers,
    and however late it is, no faster than in `soonest_seconds`. Workers take minutes to start:
    who plans to clear a crowd's backlog in less buys many times what the crowd is worth, and a
    job that cannot be done would ask for a worker more each minute.

    `job_seconds` is assumed while nothing has been measured, `slots` of each worker while there
    are none. A fleet shrinks by at most `step_in`
    of itself, once in `cooldown_seconds`. Workers of Spot that have not come after
    `spot_patience_seconds` are bought on demand, up to `on_demand_most`. How many there may be is
    usually said by who pays for them: the groups of instances.
    """

    target_seconds: float
    job_seconds: float
    soonest_seconds: float = 60
    least: int = 0
    most: int = 10_000
    slots: int = 2
    cooldown_seconds: float = 180
    step_in: float = 0.5
    spot_patience_seconds: float = 120
    on_demand_most: int = 0


@dataclass(frozen=True)
class Desired:
    """How many workers there should be, and how many of them on demand instead of Spot."""

    workers: int
    on_demand: int = 0


POLICIES = {
    "interactive": Policy(5, 0.5, soonest_seconds=30, least=1),
    "media": Policy(120, 10),
    "bulk": Policy(3600, 2, soonest_seconds=900),
}


def desired(load: Load, fleet: Fleet, policy: Policy) -> Desired:
    """The fleet that this load is worth under this policy."""
    slots = fleet.slots / fleet.workers if fleet.slots and fleet.workers else policy.slots
    needed = min(max(workers_needed(load, policy, slots=slots), policy.least), policy.most)
    # Workers take minutes to start, and to leave: what was asked for is what there will be.
    asked = fleet.workers if fleet.asked is None else fleet.asked
    workers = needed if needed >= asked else _fewer(needed, asked, fleet, policy)
    return Desired(workers, _on_demand(workers, fleet, policy))


def workers_needed(load: Load, policy: Policy, *, slots: float) -> int:
    """Enough, of so many slots each, for what runs, and beside it to clear what waits in time.

    What runs stands for what will come: a busy fleet is one that its arrivals keep busy.
    """
    left = max(policy.target_seconds - load.oldest_seconds, policy.soonest_seconds)
    waiting = load.waiting * (load.job_seconds or policy.job_seconds)
    needed = ceil((load.running + waiting / left) / slots)
    return max(needed, 1 if load.waiting else 0)


def backlog_per_worker(load: Load, fleet: Fleet) -> float:
    """Jobs that could begin now, for each worker; all of them while there is none."""
    return load.waiting / max(1, fleet.workers)


def clear_seconds(load: Load, policy: Policy, *, slots: int) -> float:
    """How long `slots` need for all that waits and runs; endless when there are none."""
    each = load.job_seconds or policy.job_seconds
    work = (load.waiting + load.running / 2) * each
    if not work:
        return 0
    return work / slots if slots else inf


def _fewer(needed: int, asked: int, fleet: Fleet, policy: Policy) -> int:
    """Shrink slowly, and never by a worker that is in the middle of something."""
    if asked > policy.most:
        return policy.most
    if fleet.seconds_since_change < policy.cooldown_seconds:
        return asked
    step = max(1, int(asked * policy.step_in))
    return max(needed, asked - step, min(fleet.busy, asked))


def _on_demand(workers: int, fleet: Fleet, policy: Policy) -> int:
    if fleet.missing_seconds < policy.spot_patience_seconds:
        return 0
    return min(fleet.missing, policy.on_demand_most, workers)
