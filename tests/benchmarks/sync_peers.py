"""Whom the sync client is measured against: programs that make a bucket's prefix like a folder.

Each is run as its own people advise for many small files, and takes its keys from the environment.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import PAGESIZE, mmap
from pathlib import Path
from tempfile import TemporaryFile

from mediashare.embedded.home import PROJECT
from sync.client.account import Account, save
from sync.client.home import Home
from tests.environments import programs

# More than any of these programs writes to files and holds in a round that is timed.
AT_HAND_BYTES = 2**30

# From where, to where: the words behind the program's name.
Words = Callable[[str, str], list[str]]


@dataclass(frozen=True)
class Ran:
    """A program that has ended: by the clock, its own processor time, and the most it held."""

    seconds: float
    processor_seconds: float
    peak_bytes: int
    said: bytes


@dataclass(frozen=True)
class Peer:
    name: str
    program: str
    words: Words


PEERS = (
    Peer("s5cmd sync", "s5cmd", lambda here, there: ["--numworkers", "64", "sync", here, there]),
    Peer(
        "rclone sync",
        "rclone",
        lambda here, there: [
            *("sync", "--size-only", "--transfers", "32", "--checkers", "32", "--fast-list"),
            *(_remote(here), _remote(there)),
        ],
    ),
    Peer("aws s3 sync", "aws", lambda here, there: ["s3", "sync", "--quiet", here, there]),
)


class Bucket:
    """The stack's object server, as these programs are told of it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._name = env["ORIGINALS_BUCKET"]
        keys = {
            "AWS_ACCESS_KEY_ID": env["S3_ACCESS_KEY_ID"],
            "AWS_SECRET_ACCESS_KEY": env["S3_SECRET_ACCESS_KEY"],
        }
        endpoint, region = env["S3_ENDPOINT_URL"], env["S3_REGION"]
        self._env = {
            **keys,
            "PATH": os.defpath,
            "AWS_REGION": region,
            "AWS_ENDPOINT_URL": endpoint,
            "S3_ENDPOINT_URL": endpoint,
            "RCLONE_CONFIG": os.devnull,
            "RCLONE_CONFIG_BENCH_TYPE": "s3",
            "RCLONE_CONFIG_BENCH_PROVIDER": "Other",
            "RCLONE_CONFIG_BENCH_ENV_AUTH": "true",
            "RCLONE_CONFIG_BENCH_ENDPOINT": endpoint,
            "RCLONE_CONFIG_BENCH_REGION": region,
        }

    def sync(self, peer: Peer, folder: Path, prefix: str, *, down: bool = False) -> Ran:
        """Make a prefix like a folder, or the other way round."""
        here, there = f"{folder}/", f"s3://{self._name}/bench/{prefix}/"
        if down and peer.program == "s5cmd":
            there += "*"
        words = peer.words(there, here) if down else peer.words(here, there)
        return run([str(programs("peers") / peer.program), *words], self._env)


class Computer:
    """A computer with our client on it, signed in."""

    def __init__(self, home: Path, site: str, token: str) -> None:
        self._words = [sys.executable, "-m", "sync.client.cli", "--json", "--home", str(home)]
        # An installed program has been compiled, whatever the variables of whoever measures say.
        self._env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        save(Home(home), Account(site, "bench@example.org", "", home.name), token, in_keyring=False)

    def does(self, *words: object) -> Ran:
        """One command, to its good end."""
        return run([*self._words, *map(str, words)], self._env)

    def watches(self) -> "subprocess.Popen[bytes]":
        """Keeps its folders equal until it is terminated."""
        words = [*self._words, "watch"]
        return subprocess.Popen(words, cwd=PROJECT, env=self._env, stdout=subprocess.DEVNULL)


def run(words: list[str], env: Mapping[str, str]) -> Ran:
    """Run a program. Raises CalledProcessError."""
    _come_to_rest()
    with TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(words, env=env, cwd=PROJECT, stdout=said)
        with _peak_of(process.pid) as peak:
            # It is over, and not yet forgotten by the system.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
        said.seek(0)
        return Ran(seconds, used.ru_utime + used.ru_stime, peak[-1], said.read())


def _come_to_rest() -> None:
    """What others have left to be written is on the disk, and there is memory at hand.

    A virtual machine gives to its host what it does not use, and has to ask for it back page by
    page: the same 300 MiB were written to files in 0.06 s or in 0.8 s.
    """
    os.sync()
    with mmap(-1, AT_HAND_BYTES) as memory:
        for start in range(0, AT_HAND_BYTES, PAGESIZE):
            memory[start] = 1


@contextmanager
def _peak_of(pid: int) -> Iterator[list[int]]:
    """The most bytes that a program held, looked at while it runs.

    What the system says at its end holds for whoever started it, too: a child begins as its parent.
    """
    peak, is_over = [0], threading.Event()

    def look() -> None:
        while not is_over.wait(0.02):
            found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
            if found:
                peak.append(int(found[1]) * 1024)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        is_over.set()
        looking.join()


def _remote(place: str) -> str:
    return place.replace("s3://", "bench:")
