"""Whom the sync client is measured against: programs that make a bucket's prefix like a folder.

Each is run as its own people advise for many small files, and takes its keys from the environment.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from mediashare.embedded.home import PROJECT
from sync.client.account import Account, save
from sync.client.home import Home
from tests.environments import programs

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
    with TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(words, env=env, cwd=PROJECT, stdout=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, words)
        said.seek(0)
        return Ran(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, said.read())


def _remote(place: str) -> str:
    return place.replace("s3://", "bench:")
