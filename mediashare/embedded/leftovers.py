"""Processes of a run that was killed: noted while they run, found and stopped at the next start.

A process is known by its number and the moment it began, so that a number which was given to
another program since is never touched.
"""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import psutil

PATIENCE_SECONDS = 10
# Beginnings are counted from the boot, and setting the clock moves that.
CLOCK_SHIFT_SECONDS = 2


class Register:
    """The file that says which processes are ours."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._noted: dict[str, tuple[int, float]] = {}

    def note(self, name: str, pid: int) -> None:
        with self._lock:
            try:
                self._noted[name] = (pid, psutil.Process(pid).create_time())
            except psutil.NoSuchProcess:
                self._noted.pop(name, None)
            self._file.write_text(json.dumps(self._noted))

    def clear(self) -> None:
        self._file.unlink(missing_ok=True)


def stop_leftovers(file: Path) -> list[str]:
    """Stop what an earlier run left running; the names of the parts that were."""
    if not file.exists():
        return []
    found = _alive(file)
    family = [
        member
        for process in found.values()
        for member in (process, *process.children(recursive=True))
    ]
    for process in family:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(family, timeout=PATIENCE_SECONDS)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)
    file.unlink()
    return sorted(found)


def _alive(file: Path) -> dict[str, psutil.Process]:
    try:
        noted = json.loads(file.read_text())
    except ValueError:
        # The run was killed while it wrote this; its processes end with it on Linux.
        return {}
    alive = {}
    for name, (pid, began) in noted.items():
        try:
            process = psutil.Process(pid)
            same = abs(process.create_time() - began) < CLOCK_SHIFT_SECONDS
            if same and process.status() != psutil.STATUS_ZOMBIE:
                alive[name] = process
        except psutil.NoSuchProcess:
            continue
    return alive


def _quietly(act: Callable[[], None]) -> None:
    try:
        act()
    except psutil.NoSuchProcess:
        return
