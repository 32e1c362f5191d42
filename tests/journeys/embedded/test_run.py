"""`manage.py run`, as a newcomer uses it."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request

import psutil
import pytest

from mediashare.embedded.home import PROJECT
from tests.servers import temporary_home

pytestmark = [pytest.mark.xdist_group("site"), pytest.mark.timeout(500)]
PATIENCE_SECONDS = 240


class Run:
    """A started command, its lines, and the programs below it."""

    def __init__(self, home, **env):
        # What the test servers put into the environment is not what a newcomer has.
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=PROJECT,
            env={**clean, "MEDIASHARE_HOME": str(home), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout or ():
            self.lines.put(line)

    def wait_for(self, words):
        while True:
            line = self.lines.get(timeout=PATIENCE_SECONDS)
            self.said.append(line)
            if words in line:
                return line

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number=signal.SIGINT):
        os.killpg(self.process.pid, number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def home():
    path = temporary_home()
    yield path / "a folder with spaces"
    shutil.rmtree(path)


def test_a_newcomer_starts_stops_and_starts_again(home):
    first = Run(home)
    url = first.wait_for("  open ").split()[-1]
    first.wait_for("  stop ")
    assert urllib.request.urlopen(f"{url}/account/login/").status == 200

    second = Run(home)
    second.wait_for(f"It is running already at {url}; stop that one first.")
    assert second.process.wait(PATIENCE_SECONDS) == 1

    family = first.children()
    first.end(signal.SIGKILL)
    psutil.wait_procs(family, timeout=30)
    assert not any(_runs(process) for process in family)

    again = Run(home)
    again.wait_for("  stop ")
    assert not any("making the demo album" in line for line in again.said)
    family = again.children()
    assert again.end() == 0
    assert not any(_runs(process) for process in family)


def test_a_port_that_is_taken_is_explained_in_one_sentence(home):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_A_PORT], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        port = holder.stdout.readline().strip()
        run = Run(home, PORT=port)
        assert run.process.wait(PATIENCE_SECONDS) == 1
        holder.kill()

    assert run.lines.get(timeout=PATIENCE_SECONDS) == (
        f"Port {port} is taken by another program; choose another PORT.\n"
    )


HOLD_A_PORT = """
import socket, time
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
time.sleep(600)
"""


def _runs(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
