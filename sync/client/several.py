"""Do something beside the caller, or several things, of which the first that fails ends all.

Nothing is decided here.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import BoundedSemaphore
from types import TracebackType
from typing import TypeVar

Result = TypeVar("Result")


def beside(job: Callable[[], Result]) -> Result:
    """What a job gives, which is done in another thread while this one waits.

    The HTTP client of `connections` hears of no Ctrl-C while it waits, and ends the whole program
    by what it makes of it afterwards. Whoever waits here hears of it at once.
    """
    done = Future[Result]()

    def run() -> None:
        try:
            done.set_result(job())
        except BaseException as error:  # Raised where it is waited for.
            done.set_exception(error)

    threading.Thread(target=run, name="beside", daemon=True).start()
    return done.result()


class Several:
    """Inside its block jobs are added; the block ends when all are done, or one has failed.

    At most so many are waiting or under way: adding one more waits.
    """

    def __init__(self, pool: Executor, *, most: int) -> None:
        self._pool = pool
        self._room = BoundedSemaphore(most)
        self._futures: list[Future[None]] = []
        self._failure: BaseException | None = None

    def add(self, job: Callable[[], None]) -> None:
        """Raises what an earlier job has failed with."""
        self._room.acquire()
        if self._failure:
            raise self._failure
        future = self._pool.submit(job)
        future.add_done_callback(self._ended)
        self._futures.append(future)

    def __enter__(self) -> "Several":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error:
            for future in self._futures:
                future.cancel()
        for future in self._futures:
            if not future.cancelled():
                future.exception()
        if not error and self._failure:
            raise self._failure

    def _ended(self, future: Future[None]) -> None:
        if not future.cancelled() and (failure := future.exception()):
            self._failure = self._failure or failure
        self._room.release()
