"""Processes of a killed run."""

import json
import subprocess
import sys

import psutil
import pytest

from mediashare.embedded import leftovers


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_what_a_killed_run_left_is_stopped(tmp_path, sleeper):
    leftovers.Register(tmp_path / "processes.json").note("worker", sleeper.pid)

    assert leftovers.stop_leftovers(tmp_path / "processes.json") == ["worker"]
    assert not psutil.pid_exists(sleeper.pid)
    assert not (tmp_path / "processes.json").exists()


def test_a_number_that_now_belongs_to_another_program_is_left_alone(tmp_path, sleeper):
    before = psutil.Process(sleeper.pid).create_time() - 100
    (tmp_path / "processes.json").write_text(json.dumps({"worker": [sleeper.pid, before]}))

    assert leftovers.stop_leftovers(tmp_path / "processes.json") == []
    assert sleeper.poll() is None


def test_a_register_cut_short_stops_nothing(tmp_path):
    (tmp_path / "processes.json").write_text('{"worker": [1')

    assert leftovers.stop_leftovers(tmp_path / "processes.json") == []
