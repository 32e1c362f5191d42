"""A client that doubts what it knows of a million entries: what comparing costs it and the service.

Beside each stands reading all of them anew, which is what it would have to do otherwise.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec
import psutil

from mediashare.embedded.stack import Stack
from sync.client.asking import Asking
from sync.client.hearing import Hearing
from sync.client.ports import Moment, Revision
from sync.client.service import HttpService
from sync.client.state import State
from tests.benchmarks.figures import Figure

COUNT, IN_A_FOLDER, EDITED = 1_000_000, 1_000, 100
# The lines are not compared, so they are not made: what is compared is what is there now.
FOLDERS = """
insert into sync_journalentry (folder, entry, number, kind, parent, name, taken, sha256,
    size_bytes, is_executable, modified_ms, target)
select %(folder)s, md5('f' || n), n, 'folder', '', 'folder ' || n, 'folder ' || n, '', 0, false,
    0, '' from generate_series(1, %(folders)s) n
"""
FILES = """
insert into sync_journalentry (folder, entry, number, kind, parent, name, taken, sha256,
    size_bytes, is_executable, modified_ms, target)
select %(folder)s, md5('n' || n), n, 'file', md5('f' || (1 + n %% %(folders)s)),
    'photo ' || n || '.jpg', 'photo ' || n || '.jpg', encode(sha256(n::text::bytea), 'hex'),
    n, false, 1700000000000 + n, '' from generate_series(%(folders)s + 1, %(count)s) n
"""
EDIT = """
update sync_journalentry set size_bytes = size_bytes + 1
where folder = %s and entry in (select md5('n' || (2000 + 7919 * n)) from generate_series(1, %s) n)
"""
HEAD = "insert into sync_journalhead (folder, number, at) values (%s, %s, now())"


class Heard(msgspec.Struct):
    """One comparison, by the clock of the client, with what it and the service held at most."""

    seconds: float
    entries: int
    peak_bytes: int
    served_bytes: int = 0


def measure(stack: Stack) -> list[Figure]:
    """What a comparison costs where all is equal, and where a hundred entries differ."""
    from django.db import connection  # noqa: PLC0415  # As is the rest, known by a stack that runs.

    from tests.benchmarks.waiting import folder_of_one  # noqa: PLC0415

    made = folder_of_one()
    names: dict[str, UUID | int] = {
        "folder": made.folder.pk,
        "folders": COUNT // IN_A_FOLDER,
        "count": COUNT,
    }
    with connection.cursor() as cursor, TemporaryDirectory() as scratch:
        cursor.execute(FOLDERS, names)
        cursor.execute(FILES, names)
        cursor.execute(HEAD, [made.folder.pk, COUNT])
        cursor.execute("vacuum analyze sync_journalentry")
        words = [stack.url, made.token, str(made.folder.pk), str(Path(scratch, "state.sqlite"))]
        whole, equal = _heard(stack, words), _heard(stack, words)
        cursor.execute(EDIT, [made.folder.pk, EDITED])
        edited = _heard(stack, words)
    if (whole.entries, equal.entries) != (COUNT, 0) or edited.entries < EDITED:
        raise RuntimeError(f"Not so many were told: {whole}, {equal}, {edited}")
    return [
        _figure(f"compare {COUNT:,} entries, all equal", equal, whole),
        _figure(f"compare {COUNT:,} entries, {EDITED} differ", edited, whole),
    ]


def _figure(what: str, found: Heard, whole: Heard) -> Figure:
    client, site = found.peak_bytes / 2**20, found.served_bytes / 2**20
    note = (
        f"{found.entries:,} entries told; at most {client:.0f} MiB in the client, {site:.0f} MiB in"
        " a process of the site; lower is better"
    )
    return Figure(what, "s", found.seconds, whole.seconds, "reading all of them anew", note)


def _heard(stack: Stack, words: Sequence[str]) -> Heard:
    """As a process of its own."""
    workers = psutil.Process(stack.pid("web")).children(recursive=True)
    for worker in workers:
        # Or what they held at most is that of an earlier request.
        Path(f"/proc/{worker.pid}/clear_refs").write_text("5")
    program = [sys.executable, "-m", "tests.benchmarks.comparing", *words]
    ran = subprocess.run(program, check=True, capture_output=True)
    found = msgspec.json.decode(ran.stdout, type=Heard)
    found.served_bytes = max(_peak(worker) for worker in workers)
    return found


def _peak(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


class _Counting(HttpService):
    """Counts the entries that it is told of."""

    entries = 0

    def compare(
        self, digests: Sequence[str], *, at: int | None = None
    ) -> tuple[Moment, Iterator[int | Revision]]:
        moment, told = super().compare(digests, at=at)
        return moment, self._counted(told)

    def _counted(self, told: Iterator[int | Revision]) -> Iterator[int | Revision]:
        for each in told:
            self.entries += isinstance(each, Revision)
            yield each


def _compare(site: str, token: str, folder: str, path: str) -> Heard:
    """What a client does that knows nothing, or does not know whether it is still so."""
    with closing(Asking(site, token)) as asking, closing(State.open(path)) as state:
        service = _Counting(asking, folder, now=lambda: datetime.now(UTC))
        with state.transaction():
            state.set_fact("cursor", "")
        began = time.perf_counter()
        Hearing(state, service).catch_up()
        seconds = time.perf_counter() - began
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Heard(seconds, service.entries, peak_bytes)


if __name__ == "__main__":
    print(msgspec.json.encode(_compare(*sys.argv[1:])).decode())  # noqa: T201
