"""Stand-ins for AWS as processes, from an environment of their own since one pins botocore."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from mediashare.embedded.home import PROJECT

PINNED = PROJECT / "requirements" / "standins.txt"
HOME = PROJECT / ".local" / "standins"
KEY, SECRET, REGION = "test", "test", "us-east-1"


@contextmanager
def running(
    program: str,
    *words: str,
    folder: Path,
    environment: Mapping[str, str],
    answers: Callable[[], object],
) -> Iterator[None]:
    """A fresh stand-in in a folder of its own, from when it answers. Nothing of it is kept."""
    argv: Sequence[str | Path] = [installed() / program, *words]
    env = {"PATH": os.defpath, "HOME": str(folder), **environment}
    with (folder / f"{program}.log").open("wb") as log:
        process = subprocess.Popen(argv, env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until(answers)
        yield
    finally:
        process.terminate()
        process.wait()


def client(service: str, address: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]  # The stubs want one overload for each literal.
        endpoint_url=f"http://{address}",
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )


def installed() -> Path:
    """Where the programs are, installed now if what is there is not what is pinned."""
    HOME.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(PINNED.read_bytes()).hexdigest()
    mark = HOME / "installed"
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            _install()
            mark.write_text(wanted)
    return HOME / "venv" / "bin"


def _install() -> None:
    uv = shutil.which("uv") or str(PROJECT / ".local" / "uv" / "bin" / "uv")
    python = HOME / "venv" / "bin" / "python"
    shutil.rmtree(HOME / "venv", ignore_errors=True)
    subprocess.run([uv, "venv", "--quiet", str(HOME / "venv")], check=True)
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python)]
    subprocess.run([*sync, str(PINNED)], check=True)


def _wait_until(answers: Callable[[], object]) -> None:
    ends_at = time.monotonic() + 60
    while True:
        try:
            answers()
        except (BotoCoreError, ClientError):
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.2)
        else:
            return
