"""The service's own programs on one machine: web, worker and timer."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial

from mediashare.embedded import broker
from mediashare.embedded.home import PROJECT, Home, Memory
from mediashare.embedded.parts import Part

CELERY = (sys.executable, "-m", "celery", "--app=mediashare.celery", "--quiet")


def web(env: Mapping[str, str], *, port: int) -> Part:
    argv = [
        *(sys.executable, "-m", "gunicorn", "mediashare.wsgi:application"),
        *("--worker-class=gthread", "--workers=1", "--threads=8"),
        *(f"--bind=127.0.0.1:{port}", "--graceful-timeout=5", "--log-level=warning"),
        # Its place is in the home folder, where two stacks would meet.
        "--no-control-socket",
    ]
    return Part(
        name="web",
        argv=tuple(argv),
        env=env,
        directory=str(PROJECT),
        ready=partial(_serves, port),
        stop_seconds=8,
    )


def worker(env: Mapping[str, str], memory: Memory) -> Part:
    argv = [
        *(*CELERY, "worker", "--without-mingle", "--without-gossip"),
        f"--concurrency={min(2, os.cpu_count() or 1)}",
    ]
    return Part(
        name="worker",
        argv=tuple(argv),
        # On one machine root may be all there is; Celery's warning about it helps nobody here.
        env={**env, "PYTHONWARNINGS": "ignore:You're running the worker with superuser"},
        directory=str(PROJECT),
        ready=partial(_somebody_waits_for_work, memory),
        # A job that takes longer is given to somebody else once its lease ends.
        stop_seconds=10,
    )


def timer(env: Mapping[str, str], home: Home) -> Part:
    argv = [*CELERY, "beat", f"--schedule={home / 'timer'}", "--pidfile="]
    return Part(name="timer", argv=tuple(argv), env=env, directory=str(PROJECT), stop_seconds=5)


def _serves(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def _somebody_waits_for_work(memory: Memory) -> bool:
    """Whether a worker is blocked on its queues: the surest sign that it will take a job."""
    return "cmd=brpop" in broker.ask(memory, "CLIENT LIST TYPE normal")
