"""Ask EC2 for as many workers as each lane should have.

How many that is, `recipes.scaling` says: here it is told what there is, and its answer is passed
on. Between what is asked for and what comes lie minutes, so what was asked for counts too. Groups
keep their own least and most, which nobody here can change.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

import structlog
from django.conf import settings

from mediashare.aws import autoscaling
from mediashare.aws.autoscaling import Group
from mediashare.aws.client import NotFound, Refused, Rejected, Unavailable
from processing import metrics
from processing.recipes import scaling

log = structlog.get_logger(__name__)


@dataclass
class Memory:
    """What no row and no group tells: when something was asked of a lane's groups, and since when
    EC2 has not had what a group was asked for. Who forgets it is patient anew."""

    asked_at: dict[str, datetime] = field(default_factory=dict)
    missing_since: dict[str, datetime] = field(default_factory=dict)


def steer(memory: Memory, *, now: datetime) -> dict[str, scaling.Desired]:
    """Ask for what each lane with a group should have; what that is. Twice is once.

    Raises NotFound for a group that is not there, Unavailable or Refused when groups cannot be
    looked at, and django.db.Error. A group that cannot be changed is logged, and asked again.
    """
    if not settings.WORKER_GROUPS:
        return {}
    known = autoscaling.groups(
        [*settings.WORKER_GROUPS.values(), *settings.RESERVE_GROUPS.values()]
    )
    wanted = {}
    for lane in metrics.lanes(now):
        group = _group(known, settings.WORKER_GROUPS.get(lane.name))
        reserve = _group(known, settings.RESERVE_GROUPS.get(lane.name))
        if group is None:
            continue
        wanted[lane.name] = answer = desired(lane, group, reserve, memory, now=now)
        asked = _ask(group, answer.workers)
        if reserve is not None:
            asked = _ask(reserve, answer.on_demand) or asked
        if asked:
            memory.asked_at[lane.name] = now
    return wanted


def _group(known: dict[str, Group], name: str | None) -> Group | None:
    if name is None:
        return None
    if name not in known:
        raise NotFound(f"there is no group {name}, which the settings name")
    return known[name]


def desired(
    lane: metrics.Lane, group: Group, reserve: Group | None, memory: Memory, *, now: datetime
) -> scaling.Desired:
    """What a lane should have, by what its group has had; remembers since when some are missing."""
    missing = max(0, group.asked - group.launched)
    since = memory.missing_since.setdefault(group.name, now) if missing else now
    if not missing:
        memory.missing_since.pop(group.name, None)
    asked_at = memory.asked_at.get(lane.name)
    fleet = replace(
        lane.fleet,
        asked=group.asked,
        missing=missing,
        missing_seconds=(now - since).total_seconds(),
        seconds_since_change=min(
            lane.fleet.seconds_since_change,
            (now - asked_at).total_seconds() if asked_at else inf,
        ),
    )
    policy = replace(
        scaling.POLICIES[lane.name],
        least=group.least,
        most=group.most,
        on_demand_most=reserve.most if reserve else 0,
    )
    return scaling.desired(lane.load, fleet, policy)


def _ask(group: Group, instances: int) -> bool:
    """Whether the group was told of another number than it had."""
    instances = min(max(instances, group.least), group.most)
    if instances == group.asked:
        return False
    try:
        autoscaling.ask(group.name, instances=instances)
    except (Unavailable, Refused, Rejected) as error:
        log.error("workers_not_asked_for", group=group.name, asked=instances, error=str(error))
        return False
    log.info("workers_asked_for", group=group.name, asked=instances, before=group.asked)
    return True
