"""Keeps one part running: starts it, passes on what it says, starts it again when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from mediashare.embedded.checks import CannotRun
from mediashare.embedded.console import Say
from mediashare.embedded.parts import WELL_SECONDS, Part, restart_delay

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.05
DEATHS_AT_START = 3

Noted = Callable[[str, int], None]


def spawn(part: Part) -> subprocess.Popen[str]:
    """Start the program in a session of its own, so that Ctrl-C reaches only the supervisor."""
    return subprocess.Popen(
        [
            sys.executable,
            "-I",
            "-S",
            str(LAUNCHER),
            str(os.getpid()),
            str(part.stop_signal.value),
            part.user,
            str(part.niceness),
            *part.argv,
        ],
        cwd=part.directory,
        env=dict(part.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


class Keeper:
    """One thread for one part. The thread lives as long as the program does, because Linux
    ends the program when the thread that started it ends."""

    def __init__(self, part: Part, *, say: Say, noted: Noted) -> None:
        self.part = part
        self._say, self._noted = say, noted
        self._process: subprocess.Popen[str] | None = None
        self._ready, self._stopping = threading.Event(), threading.Event()
        self._deaths_unready = 0
        self._error: BaseException | None = None
        self._last_lines: deque[str] = deque(maxlen=20)
        self._thread: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process and process.poll() is None else None

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set() and self.pid is not None

    def start(self) -> None:
        self._stopping.clear()
        self._deaths_unready, self._error = 0, None
        self._thread = threading.Thread(target=self._keep, name=self.part.name, daemon=True)
        self._thread.start()

    def wait_ready(self, *, seconds: float, cancelled: Callable[[], bool]) -> None:
        """Return once the part answers; raise CannotRun when it will not."""
        deadline = time.monotonic() + seconds
        while not self.is_ready and not cancelled():
            if self._error is not None:
                raise self._error
            if self._deaths_unready >= DEATHS_AT_START or time.monotonic() > deadline:
                last = self._last_lines[-1] if self._last_lines else "it said nothing"
                raise CannotRun(f"{self.part.name} does not come up; its last words: {last}")
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self.send(self.part.stop_signal)

    def wait_stopped(self) -> None:
        """Wait as long as the part may take, then end it."""
        if self._thread is None:
            return
        self._thread.join(self.part.stop_seconds)
        if self._thread.is_alive():
            self._say(self.part.name, f"did not stop in {self.part.stop_seconds:g} s; killed")
            self.kill()
            self._thread.join()
        self._thread = None

    def send(self, number: signal.Signals) -> None:
        """Signal the program itself."""
        if self.pid is not None and self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL for the program and everything it started."""
        if (pid := self.pid) is not None:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def _keep(self) -> None:
        deaths = 0
        try:
            while not self._stopping.is_set():
                started = time.monotonic()
                self._run_once()
                if self._stopping.is_set():
                    return
                deaths = 1 if time.monotonic() - started > WELL_SECONDS else deaths + 1
                delay = restart_delay(deaths)
                self._say(self.part.name, f"died ({self._how()}); starts again in {delay:g} s")
                self._stopping.wait(delay)
        except (CannotRun, OSError, subprocess.SubprocessError) as error:
            self._error = error
            self._say(self.part.name, str(error))

    def _run_once(self) -> None:
        self.part.before()
        self._process = process = spawn(self.part)
        self._noted(self.part.name, process.pid)
        reader = threading.Thread(target=self._pass_on, args=(process,), daemon=True)
        reader.start()
        if self._stopping.is_set():
            # Asked to stop between the last look and the start of the program.
            self.send(self.part.stop_signal)
        self._await_ready(process)
        process.wait()
        self.part.after()
        if not self._ready.is_set():
            self._deaths_unready += 1
        self._ready.clear()
        reader.join(1)

    def _await_ready(self, process: subprocess.Popen[str]) -> None:
        while process.poll() is None and not self._stopping.is_set():
            if self.part.ready():
                # A program that is being stopped need not settle first.
                self._stopping.wait(self.part.settle_seconds)
                self._ready.set()
                return
            time.sleep(POLL_SECONDS)

    def _pass_on(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            text = line.rstrip()
            self._last_lines.append(text)
            if self.part.worth_saying(text):
                self._say(self.part.name, text)

    def _how(self) -> str:
        code = self._process.returncode if self._process else 0
        return f"signal {-code}" if code < 0 else f"exit {code}"
