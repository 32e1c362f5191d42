"""Whole syncs against `s5cmd sync`, `rclone sync` and `aws s3 sync` on the same object server.

Ours is everything that a client does: it looks at the disk, hashes, asks for leave, sends, commits,
or hears of changes, fetches, verifies and puts in place. The peers copy files. All are programs
that are started and waited for, and the fastest of the peers counts.
"""

import json
import statistics
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psutil

from sync.client.asking import Asking
from sync.protocol.folders import FolderSummary, NewFolder
from tests.benchmarks.figures import Figure
from tests.benchmarks.sync_peers import PEERS, Bucket, Computer, Peer, Ran
from tests.synced import Synced

MIB = 2**20
FILES, FOLDERS = 10_000, 100
ROUNDS = 5
# What people keep, by share, in a hundredth of its size (ownCloud's cdperf): up to so many bytes.
MIX = ((0.84, 10_000), (0.125, 100_000), (0.03, MIB), (0.005, 8 * MIB))
MANY = 100_000
# As many different contents as are sent for them: what is measured is not sending.
MANY_CONTENTS = 1_000
LARGE_BYTES = 1024 * MIB
INSERTED_BYTES = 1024
MOST_SENT, MOST_FETCHED = 12, 8
CHANGES = 20
PATIENCE_SECONDS = 120


def measure(*, site: str, token: str, env: dict[str, str]) -> Iterable[Figure]:
    with ExitStack() as open_ones:
        place = Path(open_ones.enter_context(TemporaryDirectory(prefix="mediashare-bench-")))
        asking = open_ones.enter_context(closing(Asking(site, token)))
        bench = _Bench(place, asking, Bucket(env), partial(Computer, site=site, token=token))
        yield from bench.first_syncs()
        yield from bench.nothing_to_do()
        yield from bench.one_large(open_ones)


class _Bench:
    def __init__(
        self,
        place: Path,
        asking: Asking,
        bucket: Bucket,
        computer: Callable[[Path], Computer],
    ) -> None:
        self._place, self._asking, self._bucket = place, asking, bucket
        self._computer = computer
        self._here, self._there = computer(place / "home here"), computer(place / "home there")

    def first_syncs(self) -> Iterable[Figure]:
        """A folder of many files to where there is nothing, and to another computer; renamed.

        Each of the peers once; then the fastest of them and ours take turns.
        """
        note = f"{FILES:,} files of the mix in field.md"
        for what, round_of in (("first sync up", self._up), ("first sync down", self._down)):
            rounds = [round_of(0, PEERS)]
            fastest = min(PEERS, key=lambda peer: rounds[0][peer.name].seconds)
            rounds += [round_of(number, [fastest]) for number in range(1, ROUNDS)]
            yield _rates(what, rounds, fastest.name, note)
        folder, copy = self._place / "first 0", self._place / "there 0"
        yield self._renamed(folder, copy)
        yield from self._one_change(folder, copy)

    def _up(self, number: int, peers: Sequence[Peer]) -> Mapping[str, Ran]:
        """Files that nobody has, since what is known already is not sent."""
        folder = self._place / f"first {number}"
        _fill(folder, Random(number))

        def ours() -> Ran:
            return self._here.does("add", folder)

        def sent_by(peer: Peer) -> Ran:
            return self._bucket.sync(peer, folder, f"{number}/{peer.program}")

        return _in_turns(number, ours, sent_by, peers)

    def _down(self, number: int, peers: Sequence[Peer]) -> Mapping[str, Ran]:
        """The files of the first round, to where nothing is."""
        copy = self._place / f"there {number}"
        there = self._computer(self._place / f"home {number}") if number else self._there

        def ours() -> Ran:
            return there.does("clone", "first 0", copy)

        def fetched_by(peer: Peer) -> Ran:
            place = _made(self._place / f"{peer.program} {number}")
            return self._bucket.sync(peer, place, f"0/{peer.program}", down=True)

        ran = _in_turns(number, ours, fetched_by, peers)
        assert _count(copy) == _count(self._place / f"{peers[0].program} {number}") == FILES
        return ran

    def _renamed(self, folder: Path, copy: Path) -> Figure:
        """All files move with a folder above them."""
        (folder / "all").rename(folder / "everything")
        ran = [self._here.does("sync", folder), self._there.does("sync", copy)]
        assert _count(copy / "everything") == FILES
        moved = sum(json.loads(each.said.splitlines()[-1])["moved_bytes"] for each in ran)
        return Figure(
            f"folder of {FILES:,} files renamed, bytes that travelled",
            "bytes",
            moved,
            FILES * 52_000,
            "the files",
            f"{ran[0].seconds:.1f} s here and {ran[1].seconds:.1f} s on the other computer",
        )

    def _one_change(self, folder: Path, copy: Path) -> Iterable[Figure]:
        """From a file that is written on one computer until it is on the other."""
        took: list[float] = []
        with _watching(self._here), _watching(self._there):
            for number in range(CHANGES + 1):
                begun = time.perf_counter()
                (folder / f"note {number}.txt").write_text(str(number))
                _wait_for((copy / f"note {number}.txt").exists)
                took.append(time.perf_counter() - begun)
                time.sleep(0.5)
        # The first one waits for both programs to begin.
        median = statistics.median(took[1:])
        note = f"{CHANGES} changes, at most {max(took[1:]) * 1000:.0f} ms; lower is better"
        yield Figure(
            "change to the same on another computer, median", "ms", median * 1000, 1000,
            "what was asked for, at most", note,
        )  # fmt: skip

    def nothing_to_do(self) -> Iterable[Figure]:
        """A large folder in which nothing has changed, and then one file."""
        folder = self._place / "many"
        for number in range(MANY):
            inside = folder / f"{number // 1000}"
            inside.mkdir(parents=True, exist_ok=True)
            (inside / f"{number}.txt").write_text(str(number % MANY_CONTENTS))
        first = self._here.does("add", folder)
        self._bucket.sync(PEERS[0], folder, "many")
        # Whoever compares times finds them older than what was sent.
        peers = {peer.name: self._bucket.sync(peer, folder, "many") for peer in PEERS}
        nothing = min((self._here.does("sync", folder) for _ in range(3)), key=_seconds)
        name, fastest = min(peers.items(), key=lambda each: each[1].seconds)
        yield Figure(
            f"sync of {MANY:,} files with nothing to do", "s", nothing.seconds, fastest.seconds,
            name, f"{_listed(peers)}; lower is better",
        )  # fmt: skip
        for what, ran in (("first sync", first), ("sync with nothing to do", nothing)):
            yield Figure(
                f"memory of the client, {what} of {MANY:,} files, peak", "MiB",
                ran.peak_bytes / MIB, 200, "what was asked for, at most", "lower is better",
            )  # fmt: skip
        yield self._watched(folder)

    def _watched(self, folder: Path) -> Figure:
        """The processor time that a change takes of who watches many files."""
        with _watching(self._here) as process:
            state = Path(folder, "0", "0.txt")
            _wait_until_quiet(process)
            before = sum(process.cpu_times()[:2])
            for number in range(CHANGES):
                state.write_text(f"edit {number}")
                _wait_until_quiet(process)
            used = (sum(process.cpu_times()[:2]) - before) / CHANGES
        return Figure(
            f"processor for a change among {MANY:,} files that are watched", "s", used, 3,
            "a look at all of them", "lower is better",
        )  # fmt: skip

    def one_large(self, open_ones: ExitStack) -> list[Figure]:
        """A little inserted into the middle of a large file."""
        key = str(uuid.uuid4())
        folder = self._asking.post("folders", NewFolder("large"), FolderSummary, key=key)
        places = (self._place / "large" / "here", self._place / "large" / "there")
        here, there = (Synced(at, self._asking, folder.id, open_ones) for at in places)
        film = here.root / "film.bin"
        _write_large(film, inserted=False)
        here.sync()
        there.sync()
        _write_large(film, inserted=True)
        begun = time.perf_counter()
        sent = here.sync() / MIB
        between = time.perf_counter()
        fetched = there.sync() / MIB
        ended = time.perf_counter()
        assert there.digest("film.bin") == here.digest("film.bin")
        what = f"{INSERTED_BYTES} bytes inserted into {LARGE_BYTES // MIB} MiB:"
        limit = "what was asked for, at most"
        return [
            Figure(f"{what} sent", "MiB", sent, MOST_SENT, limit, f"{between - begun:.0f} s"),
            Figure(
                f"{what} fetched", "MiB", fetched, MOST_FETCHED, limit, f"{ended - between:.0f} s"
            ),
        ]


def _in_turns(
    number: int, ours: Callable[[], Ran], peer_does: Callable[[Peer], Ran], peers: Sequence[Peer]
) -> Mapping[str, Ran]:
    """Ours first in every other round."""
    all_of: list[tuple[str, Callable[[], Ran]]] = [("ours", ours)]
    all_of += [(peer.name, partial(peer_does, peer)) for peer in peers]
    return {name: run() for name, run in (reversed(all_of) if number % 2 else all_of)}


def _rates(what: str, rounds: Sequence[Mapping[str, Ran]], fastest: str, note: str) -> Figure:
    ours, theirs = ([ran[name].seconds for ran in rounds] for name in ("ours", fastest))
    peers = {name: ran for name, ran in rounds[0].items() if name != "ours"}
    ratios = ", ".join(f"{peer / own:.2f}" for own, peer in zip(ours, theirs, strict=True))
    used = rounds[0]["ours"].processor_seconds
    said = (
        f"{note}; medians, in single rounds {ratios}; {used:.0f} s of processor;"
        f" {_listed(peers)} at first"
    )
    rate, peer_rate = (FILES / statistics.median(seconds) for seconds in (ours, theirs))
    return Figure(what, "files/s", rate, peer_rate, fastest, said)


def _listed(peers: Mapping[str, Ran]) -> str:
    return ", ".join(f"{name} {ran.seconds:.1f} s" for name, ran in peers.items())


def _seconds(ran: Ran) -> float:
    return ran.seconds


@contextmanager
def _watching(computer: Computer) -> Iterator[psutil.Process]:
    process = computer.watches()
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_for(happens: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not happens():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.005)


def _wait_until_quiet(process: psutil.Process) -> None:
    """Until it has done nothing for a second."""
    before = -1.0
    while (used := sum(process.cpu_times()[:2])) > before + 0.02:
        before = used
        time.sleep(1)


def _fill(folder: Path, random: Random) -> None:
    shares, limits = [share for share, _ in MIX], [limit for _, limit in MIX]
    for number in range(FILES):
        (limit,) = random.choices(limits, shares)
        inside = _made(folder / "all" / str(number % FOLDERS))
        (inside / f"{number}.bin").write_bytes(random.randbytes(random.randint(limit // 10, limit)))


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _count(folder: Path) -> int:
    return sum(1 for each in folder.rglob("*.bin") if ".mediashare" not in each.parts)


def _write_large(path: Path, *, inserted: bool) -> None:
    random = Random(1)
    with path.open("wb") as file:
        for start in range(0, LARGE_BYTES, MIB):
            if inserted and start == LARGE_BYTES // 2:
                file.write(Random(2).randbytes(INSERTED_BYTES))
            file.write(random.randbytes(MIB))
