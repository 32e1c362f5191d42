"""Two workers for all lanes, each as a machine of its own, that can be ended in every way."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.contracts import workers

SIZE = 2
# A worker that is told to stop gives its job back at once; the machine may be slow.
STOP_SECONDS = 60


class Fleet:
    """Workers that are there until the fleet is stopped; whatever ends one, another takes over.

    `interruptions` counts what may have cost a worker the job that it was at.
    """

    def __init__(self, env: Mapping[str, str], scratch: Path, log: Path) -> None:
        self.scratch, self.log = scratch, log
        self.interruptions = 0
        self._env = {**env, "SCRATCH_DIR": str(scratch), "LOG_LEVEL": "INFO", "LOG_FORMAT": "text"}
        self._workers = [self._new() for _ in range(SIZE)]

    def kill(self, number: int) -> None:
        """As a machine that loses its power."""
        self.interruptions += 1
        workers.kill(self._workers[number])
        self._workers[number] = self._new()

    def kill_pool(self, number: int) -> None:
        """As a system that runs out of memory: the process that is at the job, and only that."""
        self.interruptions += 1
        for child in psutil.Process(self._workers[number].pid).children():
            with suppress(psutil.NoSuchProcess):
                child.kill()

    def freeze(self, number: int) -> None:
        self.interruptions += 1
        os.killpg(self._workers[number].pid, signal.SIGSTOP)

    def thaw(self, number: int) -> None:
        """Go on. A worker that was ended meanwhile has a successor, to whom it says nothing."""
        os.killpg(self._workers[number].pid, signal.SIGCONT)

    def replace(self, number: int) -> None:
        """Have a worker stop in order, and start another."""
        self._stop(number)
        self._workers[number] = self._new()

    def stop(self) -> None:
        """Have all stop in order."""
        for number in range(SIZE):
            self._stop(number)

    def kill_all(self) -> None:
        for worker in self._workers:
            workers.kill(worker)

    def processes(self) -> list[psutil.Process]:
        """Workers, and programs that were told of the scratch folder."""
        return [each for each in psutil.process_iter() if self._is_ours(each)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            told = [*process.cmdline(), process.environ().get("SCRATCH_DIR", "")]
            return any(str(self.scratch) in word for word in told)
        return False

    def _new(self) -> "subprocess.Popen[bytes]":
        return workers.start(self.log, self._env)

    def _stop(self, number: int) -> None:
        worker = self._workers[number]
        # One that stands still would not hear it.
        os.killpg(worker.pid, signal.SIGCONT)
        worker.terminate()
        # One that has just been started knows no other way yet.
        ended = worker.wait(STOP_SECONDS)
        assert ended in {0, -signal.SIGTERM}, f"A worker that was told to stop ended with {ended}."


@contextmanager
def at_work(env: Mapping[str, str], scratch: Path, log: Path) -> Iterator[Fleet]:
    """A fleet; none of it is left afterwards."""
    fleet = Fleet(env, scratch, log)
    try:
        yield fleet
    finally:
        fleet.kill_all()
