"""A stand-in for SQS as a process, in an environment of its own since it pins botocore."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from mediashare.embedded.home import PROJECT
from tests.servers import free_port

PINNED = PROJECT / "requirements" / "ministack.txt"
HOME = PROJECT / ".local" / "ministack"
KEY, SECRET, REGION = "test", "test", "us-east-1"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a fresh stand-in, `127.0.0.1:port`; nothing of it is kept."""
    program = installed()
    port = free_port()
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "EDGE_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",
        # Without this it listens to the whole network on another port.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [program], env=environment, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_answers(f"127.0.0.1:{port}")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def client(address: str) -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=f"http://{address}",
        region_name=REGION,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )


def installed() -> Path:
    """The program, installed now if what is there is not what is pinned."""
    HOME.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(PINNED.read_bytes()).hexdigest()
    mark = HOME / "installed"
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            _install()
            mark.write_text(wanted)
    return HOME / "venv" / "bin" / "ministack"


def _install() -> None:
    uv = shutil.which("uv") or str(PROJECT / ".local" / "uv" / "bin" / "uv")
    python = HOME / "venv" / "bin" / "python"
    shutil.rmtree(HOME / "venv", ignore_errors=True)
    subprocess.run([uv, "venv", "--quiet", str(HOME / "venv")], check=True)
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python)]
    subprocess.run([*sync, str(PINNED)], check=True)


def _wait_until_it_answers(address: str) -> None:
    ends_at = time.monotonic() + 60
    while True:
        try:
            client(address).list_queues()
        except (BotoCoreError, ClientError):
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.2)
        else:
            return
