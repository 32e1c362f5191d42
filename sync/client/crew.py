"""Threads that do transfers, and whoever reads what became of them. Knows nothing of S3.

Small files, large files, and the parts of these have threads of their own, so that none waits for
the other; leave for what comes next is asked while what has it is on its way.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

SMALL_AT_ONCE = 48
LARGE_AT_ONCE = 3
PARTS_AT_ONCE = 8
# When so few files are left of those that have leave, it is asked for more.
LOW_WATER = 200

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Job(Generic[Result]):
    """One piece of work, with a result for each of its files."""

    run: Callable[[], Sequence[Result]]
    is_large: bool


class Crew(Generic[Item, Result]):
    """Does the jobs of one call. `prepare` makes jobs of some items, asking for leave."""

    def __init__(self, prepare: Callable[[Sequence[Item]], Sequence[Job[Result]]]) -> None:
        self._prepare = prepare
        self._asking = ThreadPoolExecutor(1, "asking")
        self._small = ThreadPoolExecutor(SMALL_AT_ONCE, "small")
        self._large = ThreadPoolExecutor(LARGE_AT_ONCE, "large")
        self._finished = SimpleQueue[Future[Sequence[Result]]]()
        self._prepared = SimpleQueue[Future[Sequence[Job[Result]]]]()
        self._news = threading.Semaphore(0)

    def results(self, batches: Iterable[Sequence[Item]]) -> Iterator[Result]:
        """As they come. Raises what `prepare` or a job raises, and does no more then."""
        waiting = deque(batches)
        is_asking, under_way = False, 0
        while waiting or is_asking or under_way:
            if waiting and not is_asking and under_way < LOW_WATER:
                asked = self._asking.submit(self._prepare, waiting.popleft())
                asked.add_done_callback(self._put_prepared)
                is_asking = True
            self._news.acquire()
            if not self._prepared.empty():
                is_asking = False
                under_way += self._begin(self._prepared.get().result())
            else:
                under_way -= 1
                yield from self._finished.get().result()

    def stop(self) -> None:
        """Begin nothing more; return when what is under way has ended."""
        for pool in (self._asking, self._large, self._small):
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in (self._asking, self._large, self._small):
            pool.shutdown(wait=True)

    def _begin(self, jobs: Sequence[Job[Result]]) -> int:
        for job in jobs:
            done = (self._large if job.is_large else self._small).submit(job.run)
            done.add_done_callback(self._put_finished)
        return len(jobs)

    def _put_prepared(self, future: Future[Sequence[Job[Result]]]) -> None:
        self._prepared.put(future)
        self._news.release()

    def _put_finished(self, future: Future[Sequence[Result]]) -> None:
        self._finished.put(future)
        self._news.release()
