"""Threads that do transfers, and whoever reads what became of them. Knows nothing of S3.

Small files, large files, and the parts of these have threads of their own, so that none waits for
the other; leave for what comes next is asked while what has it is on its way.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

SMALL_AT_ONCE = 48
LARGE_AT_ONCE = 3
PARTS_AT_ONCE = 8
# So many files of so many bytes are one job, where there are more than threads.
MOST_TOGETHER, SMALL_BYTES = 8, 2**18
# When so few files are left of those that have leave, it is asked for more.
LOW_WATER = 200

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Job(Generic[Result]):
    """One piece of work, with a result for each of its files."""

    run: Callable[[], Sequence[Result]]
    is_large: bool


def together(items: Iterable[Item], size_bytes: Callable[[Item], int]) -> Iterator[Sequence[Item]]:
    """What one thread does after another. Waking it takes as long as a small file.

    As many threads are at work as there can be: many files are waited for at once, or few bytes.
    """
    small = []
    for each in items:
        if size_bytes(each) > SMALL_BYTES:
            yield [each]
        else:
            small.append(each)
    share = max(1, min(MOST_TOGETHER, len(small) // SMALL_AT_ONCE))
    yield from (small[start : start + share] for start in range(0, len(small), share))


class Crew(Generic[Item, Result]):
    """Does the jobs of one call. `prepare` makes jobs of some items, asking for leave.

    It goes on while nobody reads results, since whoever does has other things to wait for.
    """

    def __init__(self, prepare: Callable[[Sequence[Item]], Sequence[Job[Result]]]) -> None:
        self._prepare = prepare
        self._asking = ThreadPoolExecutor(1, "asking")
        self._small = _Hands(SMALL_AT_ONCE, "small", self._do)
        self._large = _Hands(LARGE_AT_ONCE, "large", self._do)
        # Whatever was asked for or begun ends in here once, and is counted until then.
        self._ended = SimpleQueue[Sequence[Result] | BaseException]()
        self._lock = threading.RLock()
        self._waiting = deque[Sequence[Item]]()
        self._is_asking = self._is_stopping = self._is_failed = False
        self._under_way = 0

    def add(self, batches: Iterable[Sequence[Item]]) -> None:
        """Do these too, unless something went wrong before."""
        with self._lock:
            if not self._is_failed:
                self._waiting.extend(batches)
                self._ask_when_low()

    def results(self) -> Iterator[Result]:
        """As they come. Raises what `prepare` or a job raises, and does no more then."""
        while self._is_any_left():
            ended = self._ended.get()
            if isinstance(ended, BaseException):
                raise ended
            yield from ended

    def stop(self) -> None:
        """Begin nothing more; return when what is under way has ended."""
        with self._lock:
            self._is_stopping = True
        self._asking.shutdown(wait=False, cancel_futures=True)
        for hands in (self._large, self._small):
            hands.dismiss()
        self._asking.shutdown(wait=True)
        for hands in (self._large, self._small):
            hands.wait()

    def _is_any_left(self) -> bool:
        with self._lock:
            return self._is_asking or self._under_way > 0 or not self._ended.empty()

    def _ask_when_low(self) -> None:
        with self._lock:
            if self._is_stopping or self._is_asking or self._under_way >= LOW_WATER:
                return
            if self._waiting:
                self._is_asking = True
                asked = self._asking.submit(self._prepare, self._waiting.popleft())
                asked.add_done_callback(self._begin)

    def _begin(self, asked: Future[Sequence[Job[Result]]]) -> None:
        with self._lock:
            if self._is_stopping:
                return
            if error := asked.exception():
                self._fail(error)
            else:
                self._begin_all(asked.result())
            self._is_asking = False
            self._ask_when_low()

    def _begin_all(self, jobs: Sequence[Job[Result]]) -> None:
        self._under_way += len(jobs)
        self._ended.put(())
        for job in jobs:
            (self._large if job.is_large else self._small).add(job)

    def _do(self, job: Job[Result]) -> None:
        failed: BaseException | None = None
        ended: Sequence[Result] = ()
        try:
            # Nobody may be reading yet who would stop it.
            ended = () if self._is_failed else job.run()
        except BaseException as error:  # Raised where it is waited for.
            failed = error
        with self._lock:
            if self._is_stopping:
                return
            if failed:
                self._fail(failed)
            else:
                self._ended.put(ended)
            self._under_way -= 1
            self._ask_when_low()

    def _fail(self, error: BaseException) -> None:
        self._ended.put(error)
        self._waiting.clear()
        self._is_failed = True


class _Hands(Generic[Result]):
    """So many threads, begun as they are needed. A future for each file takes as long as the rest.

    All methods are for one thread at a time.
    """

    def __init__(self, most: int, name: str, do: Callable[[Job[Result]], None]) -> None:
        self._most, self._name, self._do = most, name, do
        self._jobs = SimpleQueue[Job[Result] | None]()
        self._threads: list[threading.Thread] = []

    def add(self, job: Job[Result]) -> None:
        self._jobs.put(job)
        if len(self._threads) < self._most:
            name = f"{self._name} {len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def dismiss(self) -> None:
        """Begin nothing that waits."""
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for _ in self._threads:
            self._jobs.put(None)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while job := self._jobs.get():
            self._do(job)
