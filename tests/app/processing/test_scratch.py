"""Folders for one job's files, and those that a killed worker leaves behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from processing import scratch


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, settings, monkeypatch) -> Path:
    settings.SCRATCH_DIR = str(tmp_path)
    monkeypatch.setattr(scratch, "LOOK_SECONDS", 0)
    return tmp_path


def test_a_folder_is_gone_after_work_that_failed(parent: Path):
    def fail_at_work() -> None:
        with scratch.folder() as folder:
            (folder / "original").write_bytes(b"bytes")
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail_at_work()

    assert list(parent.iterdir()) == []


def test_the_next_folder_clears_away_what_a_killed_worker_left(parent: Path):
    left = folder_of_a_killed_process(parent)
    long_ago = time.time() - 60
    os.utime(left, (long_ago, long_ago))

    with scratch.folder() as folder:
        assert list(parent.iterdir()) == [folder]


def test_folders_made_in_one_moment_look_once_for_what_was_left(parent: Path, monkeypatch):
    monkeypatch.setattr(scratch, "LOOK_SECONDS", 3600)
    with scratch.folder():
        pass
    left = folder_of_a_killed_process(parent)
    long_ago = time.time() - 60
    os.utime(left, (long_ago, long_ago))

    with scratch.folder():
        assert left.exists()


def test_a_folder_that_a_living_worker_uses_is_left_alone(parent: Path):
    with scratch.folder() as theirs:
        long_ago = time.time() - 60
        os.utime(theirs, (long_ago, long_ago))

        with scratch.folder() as ours:
            assert theirs.exists()
            assert ours.exists()


def test_a_folder_made_just_now_is_left_alone(parent: Path):
    newborn = parent / f"{scratch.PREFIX}newborn"
    newborn.mkdir()

    with scratch.folder():
        assert newborn.exists()


def folder_of_a_killed_process(parent: Path) -> Path:
    """What is left when a process is killed inside `scratch.folder()`."""
    code = (
        "import django, time; django.setup()\n"
        "from processing import scratch\n"
        "with scratch.folder() as folder:\n"
        "    print(folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    env = {**os.environ, "SCRATCH_DIR": str(parent)}
    worker = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env
    )
    assert worker.stdout is not None
    left = Path(worker.stdout.readline().strip())
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    return left
