"""Groups of EC2 instances: how many there are, and how many there should be.

Nothing here decides a number, and a group's own least and most hold whatever is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from mediashare.aws.client import calling, client

# CloudFormation holds this, among others, while it replaces the instances of a group
# (`suspend_processes` in deploy/aws/instances.py).
HELD_IN_A_ROLL_OUT = "AlarmNotification"
AT_ONCE = 100  # Auto Scaling describes no more in one request.


@dataclass(frozen=True)
class Group:
    """An Auto Scaling group. Of those it was `asked` for, `launched` are there or starting."""

    name: str
    least: int
    most: int
    asked: int
    launched: int
    is_rolling_out: bool = False


def groups(names: Iterable[str]) -> dict[str, Group]:
    """Those of these that exist, by name. Raises Unavailable, Refused or Rejected."""
    wanted = sorted(set(names))
    found = {}
    for start in range(0, len(wanted), AT_ONCE):
        with calling("describe groups of workers"):
            answer = _client().describe_auto_scaling_groups(
                AutoScalingGroupNames=wanted[start : start + AT_ONCE], MaxRecords=AT_ONCE
            )
        for group in answer["AutoScalingGroups"]:
            states = [instance["LifecycleState"] for instance in group["Instances"]]
            found[group["AutoScalingGroupName"]] = Group(
                name=group["AutoScalingGroupName"],
                least=group["MinSize"],
                most=group["MaxSize"],
                asked=group["DesiredCapacity"],
                launched=sum(not state.startswith("Terminat") for state in states),
                is_rolling_out=any(
                    held["ProcessName"] == HELD_IN_A_ROLL_OUT
                    for held in group.get("SuspendedProcesses", [])
                ),
            )
    return found


def ask(name: str, *, instances: int) -> None:
    """Have a group grow or shrink to so many; asking again is harmless.

    Raises Unavailable, Refused, or Rejected for a number outside the group's own bounds.
    """
    with calling("ask for workers"):
        _client().set_desired_capacity(
            AutoScalingGroupName=name, DesiredCapacity=instances, HonorCooldown=False
        )


def _client() -> Any:
    return client("autoscaling", endpoint_url=settings.AUTOSCALING_ENDPOINT_URL)
