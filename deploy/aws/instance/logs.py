"""Send what the units of this instance say to CloudWatch Logs, where it outlives the instance.

`python -m deploy.aws.instance.logs REGION WHO INSTANCE` follows the journal of systemd.
After a crash lines may come twice; they are never kept on a way of their own.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from typing import Any

import boto3
from botocore.config import Config

from deploy.aws.names import PREFIX

# Begun again, it sends the last lines once more rather than none of those it missed.
FOLLOW = [
    *("/usr/bin/journalctl", "--follow", "--output=json", "--unit=mediashare-*"),
    "--lines=1000",
]
# CloudWatch takes so much at once: a megabyte, counting 26 bytes for each line.
MOST_LINES, MOST_BYTES, LONGEST_LINE = 5_000, 1_000_000, 100_000
WAIT_SECONDS = 2

Line = dict[str, Any]


def event_of(entry: str) -> Line | None:
    """A line of the journal as CloudWatch takes it; None when it says nothing."""
    said = json.loads(entry)
    message = said.get("MESSAGE") or ""
    if isinstance(message, list):
        # The journal has bytes as numbers when they are no text.
        message = bytes(message).decode("utf-8", "replace")
    if not message.strip():
        return None
    at = int(said["__REALTIME_TIMESTAMP"]) // 1000
    unit = said.get("_SYSTEMD_UNIT", "").removesuffix(".service")
    return {"timestamp": at, "message": f"{unit} {message}"[:LONGEST_LINE]}


def batches(lines: "Queue[str]") -> Iterator[list[Line]]:
    """What has come, as much as fits into one request, in the order of its times. Endless."""
    while True:
        events: list[Line] = []
        size = 0
        while len(events) < MOST_LINES and size < MOST_BYTES - 4 * LONGEST_LINE:
            try:
                event = event_of(lines.get(timeout=WAIT_SECONDS))
            except Empty:
                break
            if event is not None:
                events.append(event)
                size += len(event["message"].encode()) + 26
        if events:
            yield sorted(events, key=lambda event: int(event["timestamp"]))


def ship(logs: Any, found: Iterable[list[Line]], *, group: str, stream: str) -> None:
    """Send batches; whoever starts this again goes on when that fails for good."""
    # It is there when this was started before.
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    for events in found:
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def _read(lines: "Queue[str]") -> None:
    with subprocess.Popen(FOLLOW, stdout=subprocess.PIPE, text=True) as journal:  # noqa: S603  # Our own words.
        for line in journal.stdout or ():
            lines.put(line)


if __name__ == "__main__":
    region, who, instance = sys.argv[1:]
    waiting: Queue[str] = Queue(maxsize=100_000)
    threading.Thread(target=_read, args=[waiting], daemon=True).start()
    patient = Config(retries={"mode": "standard", "total_max_attempts": 10})
    ship(
        boto3.client("logs", region_name=region, config=patient),
        batches(waiting),
        group=f"/{PREFIX}/{who}",
        stream=instance,
    )
