"""The service's own programs on one machine: web, waiting clients, two workers and a timer."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial

from mediashare.embedded.environment import QUEUE_PREFIX
from mediashare.embedded.home import PROJECT, Home
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
        ready=partial(serves, port),
        stop_seconds=8,
    )


def waiting(env: Mapping[str, str], *, port: int) -> Part:
    """Who holds the clients of file sync that wait for changes."""
    return Part(
        name="waiting",
        argv=(sys.executable, "manage.py", "wait", f"--port={port}"),
        env=env,
        directory=str(PROJECT),
        ready=partial(serves, port),
        stop_seconds=8,
    )


def interactive(env: Mapping[str, str], home: Home) -> Part:
    """The worker of who is looking at the page. It never has anything long in its hands."""
    return _worker(env, home, name="interactive", lanes=["interactive"], niceness=0)


def media(env: Mapping[str, str], home: Home) -> Part:
    """The worker of everybody else, who yields the processors to pages and first pictures."""
    return _worker(env, home, name="media", lanes=["media", "bulk"], niceness=5)


def _worker(
    env: Mapping[str, str], home: Home, *, name: str, lanes: list[str], niceness: int
) -> Part:
    ready = home / f"{name}.ready"
    argv = [
        *(*CELERY, "worker", "--without-mingle", "--without-gossip"),
        f"--queues={','.join(QUEUE_PREFIX + lane for lane in lanes)}",
        f"--hostname={name}@%h",
        f"--concurrency={min(2, os.cpu_count() or 1)}",
    ]
    return Part(
        name=name,
        argv=tuple(argv),
        env={
            **env,
            "READY_FILE": str(ready),
            # On one machine root may be all there is; Celery's warning about it helps nobody here.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",
        },
        directory=str(PROJECT),
        before=partial(ready.unlink, missing_ok=True),
        ready=ready.exists,
        niceness=niceness,
        # A job that takes longer is given to somebody else once its lease ends.
        stop_seconds=10,
    )


def timer(env: Mapping[str, str], home: Home) -> Part:
    argv = [*CELERY, "beat", f"--schedule={home / 'timer'}", "--pidfile="]
    return Part(name="timer", argv=tuple(argv), env=env, directory=str(PROJECT), stop_seconds=5)


def serves(port: int) -> bool:
    """Whether a web process on this port says that it is ready."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True
