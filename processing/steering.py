"""Ask EC2 for as many workers as each lane should have.

How many that is, `recipes.scaling` and `recipes.steering` say: here they are told what there is,
and their answer is passed on. Groups keep their own least and most, which nobody here can change.
"""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.conf import settings

from mediashare.aws import autoscaling
from mediashare.aws.autoscaling import Group
from mediashare.aws.client import NotFound, Refused, Rejected, Unavailable
from processing import metrics
from processing.recipes import scaling, steering

log = structlog.get_logger(__name__)

Helms = Mapping[str, steering.Helm]


def helms() -> Helms:
    """Of each lane, for whoever steers again and again."""
    return {lane: steering.Helm(policy) for lane, policy in scaling.POLICIES.items()}


def steer(helms: Helms, *, now: datetime) -> dict[str, scaling.Desired]:
    """Ask for what each lane with a group should have; what that is. Twice is once.

    Raises NotFound for a group that is not there, Unavailable or Refused when groups cannot be
    looked at, and django.db.Error. A group that cannot be changed is logged, and asked again.
    """
    if not settings.WORKER_GROUPS:
        return {}
    known = autoscaling.groups(
        [*settings.WORKER_GROUPS.values(), *settings.RESERVE_GROUPS.values()]
    )
    answers = {}
    for lane in metrics.lanes(now):
        group = _group(known, settings.WORKER_GROUPS.get(lane.name))
        reserve = _group(known, settings.RESERVE_GROUPS.get(lane.name))
        if group is None:
            continue
        answers[lane.name] = answer = helms[lane.name].steer(
            lane.load, lane.fleet, group=group, reserve=reserve, now=now.timestamp()
        )
        _ask(group, answer.workers)
        if reserve is not None:
            _ask(reserve, answer.on_demand)
    return answers


def _group(known: dict[str, Group], name: str | None) -> Group | None:
    if name is None:
        return None
    if name not in known:
        raise NotFound(f"there is no group {name}, which the settings name")
    return known[name]


def _ask(group: Group, instances: int) -> None:
    if instances == group.asked:
        return
    if instances < group.asked and group.is_rolling_out:
        # A deployment counts the instances it brought: one that is sent away meanwhile never says
        # that it serves, and the deployment would be taken back.
        log.info("workers_kept_for_a_roll_out", group=group.name, asked=instances)
        return
    try:
        autoscaling.ask(group.name, instances=instances)
    except (Unavailable, Refused, Rejected) as error:
        log.error("workers_not_asked_for", group=group.name, asked=instances, error=str(error))
    else:
        log.info("workers_asked_for", group=group.name, asked=instances, before=group.asked)
