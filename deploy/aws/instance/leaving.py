"""Watch for this instance's group to take it out, and have everything end in order before it goes.

The group waits (its lifecycle hook) until it is told that all has ended, or for three minutes.
Before that a balancer has drained the instance. Spot's own notice is heard by workers themselves.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

import boto3
import urllib3

METADATA = "http://169.254.169.254/latest"
GLANCE_SECONDS = 5
TERMINATED = "Terminated"


class Reader(Protocol):
    """Who can be asked what EC2 tells an instance about itself."""

    def read(self, what: str) -> str: ...


def main(metadata: Reader, auto_scaling: Callable[[str], Any], stop: Callable[[], None]) -> None:
    """Return once the instance was told to go, all has ended, and the group knows it."""
    while metadata.read("autoscaling/target-lifecycle-state") != TERMINATED:
        time.sleep(GLANCE_SECONDS)
    stop()
    group = metadata.read("tags/instance/Name")
    client = auto_scaling(metadata.read("placement/region"))
    for hook in client.describe_lifecycle_hooks(AutoScalingGroupName=group)["LifecycleHooks"]:
        client.complete_lifecycle_action(
            LifecycleHookName=hook["LifecycleHookName"],
            AutoScalingGroupName=group,
            LifecycleActionResult="CONTINUE",
            InstanceId=metadata.read("instance-id"),
        )


class Metadata:
    """What EC2 tells an instance about itself, by IMDSv2."""

    def __init__(self, address: str = METADATA) -> None:
        self._address = address
        self._http = urllib3.PoolManager(timeout=2, retries=urllib3.Retry(3, backoff_factor=0.5))

    def read(self, what: str) -> str:
        """What stands there; empty when nothing does, as before the first state is known."""
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        token = self._http.request("PUT", f"{self._address}/api/token", headers=headers)
        answer = self._http.request(
            "GET",
            f"{self._address}/meta-data/{what}",
            headers={"X-aws-ec2-metadata-token": token.data.decode()},
        )
        return answer.data.decode() if answer.status == 200 else ""


def stop_everything() -> None:
    """Each unit is part of the target, and has the time that it says it needs."""
    subprocess.run(["/usr/bin/systemctl", "stop", "mediashare.target"], check=True)


if __name__ == "__main__":
    main(
        Metadata(),
        lambda region: boto3.client("autoscaling", region_name=region),
        stop_everything,
    )
    sys.exit(0)
