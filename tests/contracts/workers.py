"""Real workers as processes of their own, on the database of the running test or elsewhere."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from mediashare.embedded.home import PROJECT

# For what comes in seconds on a machine that has nothing else to do.
PATIENCE_SECONDS = 150
# For a process that was killed.
END_SECONDS = 30


@contextmanager
def worker(log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with one process in its pool; gone afterwards, whatever a test did to it."""
    test = {"DATABASE_URL": database_url(), "LOG_LEVEL": "INFO"}
    process = start(log, {**os.environ, **test, **settings})
    try:
        yield process
    finally:
        kill(process)


def start(log: Path, env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """A worker of all lanes with one process in its pool, in a process group of its own."""
    argv = [sys.executable, "-m", "celery", "--app=mediashare.celery", "--quiet", "worker"]
    with log.open("ab") as out:
        return subprocess.Popen(
            [*argv, "--concurrency=1", "--without-mingle", "--without-gossip"],
            cwd=PROJECT,
            env=dict(env),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker and its pool on the spot, as a machine that loses its power does."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait(END_SECONDS)


def wait_for(condition: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    ends_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends_at, "it did not happen in time"
        time.sleep(0.1)


def database_url() -> str:
    """The address of the test's own database, which Django has made and named."""
    at = connection.settings_dict
    user, host = quote(at["USER"], safe=""), quote(at["HOST"], safe="")
    password = f":{quote(at['PASSWORD'], safe='')}" if at["PASSWORD"] else ""
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgresql://{user}{password}@{host}{port}/{at['NAME']}"
