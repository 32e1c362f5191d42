"""Memory of the client's loop for many files: `python -m tests.benchmarks.sync_memory 1000000`.

The loop, its scanner and its records are the client's own, over real files. Service and store are
in this process, but keep what they know in a database on disk, so that the peak is the client's;
no bytes travel, which takes a fixed amount more. Each sync is a process of its own.
"""

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from sync.client import root, wire
from sync.client.disk import LocalDisk
from sync.client.engine import Copy, Engine, World
from sync.client.ports import (
    Accepted,
    Answer,
    Change,
    Committed,
    Download,
    Fetched,
    Moment,
    Outbox,
    Page,
    Revision,
    Sent,
)
from sync.client.state import State
from sync.protocol import messages
from tests.outbox import OneByOne

FOLDER = f"{1:032x}"
IN_A_FOLDER = 1_000
LONG_AGO = 1_700_000_000


class Beside:
    """A service that takes everything, and a store that has everything already."""

    def __init__(self, path: Path) -> None:
        self._lines = sqlite3.connect(path, isolation_level=None)
        self._lines.execute("pragma synchronous = off")
        self._lines.execute("create table if not exists lines (number integer primary key, line)")
        (self._head,) = self._lines.execute("select count(*) from lines").fetchone()

    def close(self) -> None:
        self._lines.close()

    def commit(self, changes: Sequence[Change]) -> Committed:
        answers: list[Answer] = []
        since = self._key_of(self._head)
        self._lines.execute("begin")
        for change in map(wire.message_of, changes):
            self._head += 1
            line = messages.Line(
                self._head,
                change.entry,
                change.base,
                change.after,
                change.key,
                messages.Author("u", "Alice"),
                0,
            )
            values = (self._head, msgspec.json.encode(line))
            self._lines.execute("insert into lines values (?, ?)", values)
            answers.append(Accepted(self._head))
        self._lines.execute("commit")
        return Committed(answers, since, self._key_of(self._head))

    def _key_of(self, number: int) -> str:
        found = self._lines.execute("select line from lines where number = ?", (number,)).fetchone()
        return msgspec.json.decode(found[0], type=messages.Line).key if found else ""

    def changes(self, since: int, *, wait_seconds: float = 0.0) -> Page:
        query = "select line from lines where number >= ? order by number limit 1000"
        found = self._lines.execute(query, (since,))
        lines = [msgspec.json.decode(line, type=messages.Line) for (line,) in found]
        return wire.page_of(messages.changes_after(since, lines, self._head), since=since)

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[Moment, Iterator[int | Revision]]:
        return Moment(self._head, ""), iter(())

    def outbox(self) -> Outbox:
        return OneByOne(lambda uploads: map(Sent, uploads))

    def fetch(self, downloads: Sequence[Download]) -> Iterator[Fetched]:
        raise NotImplementedError("Nothing is fetched here.")

    def now(self) -> datetime:
        return datetime.now(UTC)


def write_files(place: Path, count: int) -> None:
    for number in range(count):
        if number % IN_A_FOLDER == 0:
            folder = place / "root" / f"folder {number // IN_A_FOLDER:04}"
            folder.mkdir(parents=True)
        path = folder / f"a file that is called {number:07}.txt"
        path.write_text(str(number))
        # Or it would be read a second time, since its time does not yet tell of edits.
        os.utime(path, (LONG_AGO, LONG_AGO))


def sync(place: Path) -> str:
    """Sync once, and say what that took."""
    disk = LocalDisk(str(place / "root"))
    root.mark(disk, FOLDER)
    with (
        closing(Beside(place / "service.sqlite")) as beside,
        closing(State.open(str(place / "state.sqlite"))) as state,
    ):
        world = World(disk, beside, beside, beside, lambda: uuid4().hex)
        report = Engine(Copy(FOLDER, "a device"), state, world).sync()
    if not report.is_settled:
        raise RuntimeError(f"It is not equal: {report}")
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak = int(found[1]) / 1024 if found else 0
    return f"peak of memory {peak:.0f} MiB, {time.process_time():.1f} s of processor"


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("count", type=int)
    wanted.add_argument("--at", type=Path, help="The directory to sync, whose files are there.")
    given = wanted.parse_args()
    if given.at:
        print(sync(given.at))  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        write_files(place, given.count)
        again = [sys.executable, "-m", "tests.benchmarks.sync_memory", "0", "--at", temporary]
        for what in ("first sync", "nothing to do"):
            done = subprocess.run(again, check=True, capture_output=True, text=True)
            print(f"{given.count:,} files, {what}: {done.stdout.strip()}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
