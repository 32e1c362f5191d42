"""What Ctrl-C does to a command that has something on its way, in a process of its own."""

import os
import signal
import subprocess
import sys

import pytest

from sync.client.cli.endings import Ending

PATIENCE = 60
SENDING = """
import signal, sys, time
from sync.client.cli import interrupts
interrupts.listen([signal.SIGINT], interrupts.interrupt)
try:
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    time.sleep(600)
except KeyboardInterrupt:
    time.sleep(float(sys.argv[1]))
    sys.exit(9)
"""


@pytest.fixture
def sending():
    running = []

    def send(seconds: float) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SENDING, str(seconds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    yield send
    for process in running:
        process.kill()
        process.communicate()


def test_what_is_on_its_way_arrives_first(sending):
    process = sending(0)
    os.kill(process.pid, signal.SIGINT)

    assert process.wait(PATIENCE) == 9


def test_who_waits_is_told_so_and_can_end_it_at_once(sending):
    process = sending(600)
    os.kill(process.pid, signal.SIGINT)
    assert process.stderr
    assert "once more ends at once" in process.stderr.readline()
    os.kill(process.pid, signal.SIGINT)

    assert process.wait(PATIENCE) == Ending.TRY_LATER
    assert "The next run goes on from here." in process.stderr.read()
