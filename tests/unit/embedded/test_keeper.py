"""Keeping a part running, with small programs instead of servers."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from mediashare.embedded.checks import CannotRun
from mediashare.embedded.home import PROJECT
from mediashare.embedded.keeper import Keeper
from mediashare.embedded.parts import Part

SLEEP = "import time; print('here', flush=True); time.sleep(60)"


class Heard:
    def __init__(self):
        self.lines = []

    def __call__(self, name, line):
        self.lines.append(line)


def keeper_of(code, **fields):
    part = Part(
        name="part",
        argv=(sys.executable, "-c", code),
        env=dict(os.environ),
        directory="/",
        **{"stop_seconds": 5, **fields},
    )
    heard = Heard()
    return Keeper(part, say=heard, noted=lambda name, pid: None), heard


@pytest.fixture
def kept():
    keepers = []

    def start(code, **fields):
        keeper, heard = keeper_of(code, **fields)
        keepers.append(keeper)
        keeper.start()
        return keeper, heard

    yield start
    for keeper in keepers:
        keeper.ask_to_stop()
        keeper.wait_stopped()


def wait_ready(keeper, seconds=20):
    keeper.wait_ready(seconds=seconds, cancelled=lambda: False)


def until(question, seconds=20):
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def test_a_part_that_dies_comes_back(kept):
    keeper, heard = kept(SLEEP)
    wait_ready(keeper)
    first = keeper.pid

    keeper.kill()
    until(lambda: keeper.pid not in {None, first})

    assert any("died (signal 9); starts again in 0.5 s" in line for line in heard.lines)


def test_a_part_that_is_stopped_stays_away(kept):
    keeper, _ = kept(SLEEP)
    wait_ready(keeper)

    keeper.ask_to_stop()
    keeper.wait_stopped()

    assert keeper.pid is None


def test_what_a_part_leaves_behind_is_taken_away(kept, tmp_path):
    (tmp_path / "socket").touch()
    keeper, _ = kept(SLEEP, after=(tmp_path / "socket").unlink)
    wait_ready(keeper)

    keeper.ask_to_stop()
    keeper.wait_stopped()

    assert not (tmp_path / "socket").exists()


def test_a_part_that_will_not_stop_is_killed(kept):
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
    keeper, heard = kept(stubborn, stop_seconds=0.3)
    until(lambda: "here" in heard.lines)

    keeper.ask_to_stop()
    keeper.wait_stopped()

    assert keeper.pid is None
    assert any("did not stop" in line for line in heard.lines)


def test_a_part_that_cannot_start_says_its_last_words(kept):
    keeper, _ = kept("import sys; sys.exit('no such table')", ready=lambda: False)

    with pytest.raises(CannotRun, match="no such table"):
        wait_ready(keeper)


def test_a_start_that_is_cancelled_is_not_an_error(kept):
    keeper, _ = kept(SLEEP, ready=lambda: False)

    keeper.wait_ready(seconds=20, cancelled=lambda: True)


def test_ctrl_c_of_the_terminal_does_not_reach_a_part(kept):
    keeper, _ = kept(SLEEP)
    wait_ready(keeper)

    assert os.getpgid(keeper.pid) != os.getpgid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux can bind lives together.")
def test_a_part_dies_with_a_supervisor_that_is_killed():
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    part = psutil.Process(int(supervisor.stdout.readline()))

    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()

    until(lambda: not part.is_running() or part.status() == psutil.STATUS_ZOMBIE)


SUPERVISOR = f"""
import time
from tests.unit.embedded.test_keeper import keeper_of, wait_ready
keeper, _ = keeper_of({SLEEP!r})
keeper.start()
wait_ready(keeper)
time.sleep(1)
print(keeper.pid, flush=True)
time.sleep(60)
"""
