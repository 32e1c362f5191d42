"""Real servers for tests: an early pytest plugin, loaded before Django reads its settings.

One PostgreSQL, object store and broker serve a whole test run. Their addresses are decided at
once and put into the environment; they start when a collected test lies in a folder that needs
them, and stop with the run. Each xdist worker has a database, buckets and key spaces of its own.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from mediashare.embedded import ports
from mediashare.embedded.console import Console
from mediashare.embedded.home import PROJECT
from mediashare.embedded.stack import SERVERS, Plan, Stack

NEED_NOTHING = ("tests/unit/", "tests/rules/")
ORIGINALS, RENDITIONS = "test-originals", "test-renditions"
PORTS = range(ports.RANGE.stop, 30_000)
STATIC_ROOT = PROJECT / ".pytest_cache" / "static"

_stack: Stack | None = None
_started = False


def temporary_home() -> Path:
    """A short-lived home that root's stand-in for PostgreSQL may enter."""
    path = Path(tempfile.mkdtemp(prefix="mediashare-test-"))
    path.chmod(0o711)
    return path


def free_port() -> int:
    """A port that no stack takes for its own servers, free just now.

    By the system's chance: two test workers may look at the same moment, and share a seed.
    """
    tried = random.SystemRandom().sample(PORTS, len(PORTS))
    return next(port for port in tried if ports.is_free(port))


def quiet_console(home: Path) -> Console:
    """What the parts say goes into a file, to be read when a test fails."""
    return Console((home / "stack.log").open("w"))


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _keep_apart(worker)
    else:
        _decide(getattr(early_config.known_args_namespace, "numprocesses", None) or 0)
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    _start_if_needed(ids)


def pytest_collection_finish(session: pytest.Session) -> None:
    if not session.config.option.collectonly:
        _start_if_needed(item.nodeid for item in session.items)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if _stack is not None:
        _stack.stop()
        shutil.rmtree(_stack.home.path, ignore_errors=True)


def _decide(workers: int) -> None:
    global _stack  # noqa: PLW0603  # Pytest gives hooks no object of their own to keep this in.
    home = temporary_home()
    suffixes = ["", *(f"-gw{number}" for number in range(workers))]
    plan = Plan(
        parts=SERVERS,
        prepare=False,
        settings={
            "ORIGINALS_BUCKET": ORIGINALS,
            "RENDITIONS_BUCKET": RENDITIONS,
            "STATIC_ROOT": str(STATIC_ROOT),
            "LOG_LEVEL": "WARNING",
        },
        originals=[ORIGINALS + suffix for suffix in suffixes],
        renditions=[RENDITIONS + suffix for suffix in suffixes],
        durable=False,
    )
    _stack = Stack(home, plan, quiet_console(home))
    _stack.prepare()
    os.environ.update(_stack.env)
    # While libpq waits for an answer, nothing hears that a test's time is over. And what a test
    # left open keeps nobody after it from the tables.
    limits = ("statement_timeout=240s", "idle_in_transaction_session_timeout=180s")
    os.environ["PGOPTIONS"] = " ".join(f"-c {each}" for each in limits)
    # For the fixtures of this process and of the workers: keys that may empty buckets.
    os.environ["TEST_S3_ADMIN_KEY"] = _stack.memory.secrets["s3_admin_key"]
    # And the key that the local STS signs its tokens with, to make one that is about to expire.
    os.environ["TEST_STS_SIGNING_KEY"] = _stack.memory.secrets["sts_signing"]
    os.environ["TEST_S3_ADMIN_SECRET"] = _stack.memory.secrets["s3_admin_secret"]


def _keep_apart(worker: str) -> None:
    number = int(worker.removeprefix("gw"))
    for name in ("ORIGINALS_BUCKET", "RENDITIONS_BUCKET"):
        os.environ[name] += f"-{worker}"
    for name, offset in (("CELERY_BROKER_URL", 2), ("CACHE_URL", 3)):
        server = os.environ[name].rsplit("/", 1)[0]
        os.environ[name] = f"{server}/{2 * number + offset}"


def _start_if_needed(ids: Iterable[str]) -> None:
    global _started  # noqa: PLW0603
    if _started or _stack is None:
        return
    if any(not each.startswith(NEED_NOTHING) for each in ids):
        _started = True
        _stack.start()
        _stack.manage("prepare", "--static-only")
