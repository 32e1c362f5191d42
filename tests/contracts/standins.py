"""Stand-ins for AWS as processes, from an environment of their own since one pins botocore."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tests.environments import programs

KEY, SECRET, REGION = "test", "test", "us-east-1"
START_SECONDS, STOP_SECONDS = 150, 20


@contextmanager
def running(
    program: str,
    *words: str,
    folder: Path,
    environment: Mapping[str, str],
    answers: Callable[[], object],
) -> Iterator[None]:
    """A fresh stand-in in a folder of its own, from when it answers. Nothing of it is kept."""
    argv: Sequence[str | Path] = [programs("standins") / program, *words]
    env = {"PATH": os.defpath, "HOME": str(folder), **environment}
    with (folder / f"{program}.log").open("wb") as log:
        process = subprocess.Popen(argv, env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until(answers)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def client(service: str, address: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # The stubs want one overload for each literal.
        endpoint_url=f"http://{address}",
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )


def _wait_until(answers: Callable[[], object]) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while True:
        try:
            answers()
        except (BotoCoreError, ClientError):
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.2)
        else:
            return
