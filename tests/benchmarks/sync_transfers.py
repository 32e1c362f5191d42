"""Whole syncs, up and down, against s5cmd on the same object server; and what a change sends.

Ours is everything that a client does: it looks at the disk, hashes, asks for leave, sends, commits,
or hears of changes, fetches, verifies and puts in place. The peer copies files. Rounds take turns.
"""

import os
import statistics
import subprocess
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sync.client.asking import Asking
from sync.protocol.folders import FolderSummary, NewFolder
from tests.benchmarks.figures import Figure
from tests.environments import programs
from tests.synced import Synced

MIB = 2**20
FILES = 3000
# What people keep, by share, in a hundredth of its size (ownCloud's cdperf): up to so many bytes.
MIX = ((0.84, 10_000), (0.125, 100_000), (0.03, MIB), (0.005, 8 * MIB))
ROUNDS = 3
LARGE_BYTES = 1024 * MIB
INSERTED_BYTES = 1024
MOST_SENT, MOST_FETCHED = 12, 8


def measure(*, site: str, token: str, env: dict[str, str]) -> Iterable[Figure]:
    with ExitStack() as open_ones:
        place = Path(open_ones.enter_context(TemporaryDirectory(prefix="mediashare-bench-")))
        asking = open_ones.enter_context(closing(Asking(site, token)))
        bench = _Bench(place, asking, env, open_ones)
        yield from bench.many()
        yield from bench.one_large()


class _Bench:
    def __init__(
        self, place: Path, asking: Asking, env: dict[str, str], open_ones: ExitStack
    ) -> None:
        self._place = place
        self._asking = asking
        self._env = env
        self._open_ones = open_ones

    def many(self) -> list[Figure]:
        """A folder of many files to where there is nothing, and to another computer."""
        rounds = [self._round(number) for number in range(ROUNDS)]
        up, peer_up, down, peer_down = (
            FILES / statistics.median(each) for each in zip(*rounds, strict=True)
        )
        note = f"{FILES} files of the mix in field.md, median of {ROUNDS} rounds"
        return [
            Figure("first sync up", "files/s", up, peer_up, "s5cmd cp, 64 workers", note),
            Figure("first sync down", "files/s", down, peer_down, "s5cmd cp, 64 workers", note),
        ]

    def _round(self, number: int) -> tuple[float, float, float, float]:
        here, there = self._pair(f"round {number}")
        _fill(here.root, Random(number))
        bucket = f"s3://{self._env['ORIGINALS_BUCKET']}/bench/{uuid.uuid4()}/"
        return (
            _timed(here.sync),
            _timed(partial(self._s5cmd, f"{here.root}/*.bin", bucket)),
            _timed(there.sync),
            _timed(partial(self._s5cmd, f"{bucket}*", f"{self._place}/peer {number}/")),
        )

    def one_large(self) -> list[Figure]:
        """A little inserted into the middle of a large file."""
        here, there = self._pair("large")
        film = here.root / "film.bin"
        _write_large(film, inserted=False)
        here.sync()
        there.sync()
        _write_large(film, inserted=True)
        sent, fetched = here.sync() / MIB, there.sync() / MIB
        assert there.digest("film.bin") == here.digest("film.bin")
        what = f"{INSERTED_BYTES} bytes inserted into {LARGE_BYTES // MIB} MiB:"
        return [
            Figure(f"{what} sent", "MiB", sent, MOST_SENT, "what was asked for, at most"),
            Figure(f"{what} fetched", "MiB", fetched, MOST_FETCHED, "what was asked for, at most"),
        ]

    def _pair(self, name: str) -> tuple[Synced, Synced]:
        """Two computers with one new folder."""
        folder = self._asking.post("folders", NewFolder(name), FolderSummary, key=str(uuid.uuid4()))
        places = (self._place / name / "here", self._place / name / "there")
        here, there = (Synced(at, self._asking, folder.id, self._open_ones) for at in places)
        return here, there

    def _s5cmd(self, source: str, target: str) -> None:
        env = {
            "PATH": os.defpath,
            "AWS_ACCESS_KEY_ID": self._env["S3_ACCESS_KEY_ID"],
            "AWS_SECRET_ACCESS_KEY": self._env["S3_SECRET_ACCESS_KEY"],
            "AWS_REGION": self._env["S3_REGION"],
            "S3_ENDPOINT_URL": self._env["S3_ENDPOINT_URL"],
        }
        words = [str(programs("peers") / "s5cmd"), "--numworkers", "64", "cp", source, target]
        subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL)


def _fill(folder: Path, random: Random) -> None:
    shares, limits = [share for share, _ in MIX], [limit for _, limit in MIX]
    for number in range(FILES):
        (limit,) = random.choices(limits, shares)
        (folder / f"{number}.bin").write_bytes(random.randbytes(random.randint(limit // 10, limit)))


def _write_large(path: Path, *, inserted: bool) -> None:
    random = Random(1)
    with path.open("wb") as file:
        for start in range(0, LARGE_BYTES, MIB):
            if inserted and start == LARGE_BYTES // 2:
                file.write(Random(2).randbytes(INSERTED_BYTES))
            file.write(random.randbytes(MIB))


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
