"""Threads that do jobs: more is added while they work, and nothing is begun after a failure."""

import threading
from contextlib import closing
from functools import partial

import pytest

from sync.client import crew
from sync.client.crew import Crew, Job
from sync.client.errors import Offline


class Work:
    """Jobs of numbers. Some fail; `done` are those that were begun."""

    def __init__(self, *, fails: int = -1) -> None:
        self.done: list[int] = []
        self._fails = fails
        self.crew = Crew(self._jobs)

    def _jobs(self, numbers):
        return [Job(partial(self._run, number), is_large=False) for number in numbers]

    def _run(self, number):
        self.done.append(number)
        if number == self._fails:
            raise Offline("gone")
        return [number]

    def close(self) -> None:
        self.crew.stop()


def test_what_is_added_while_results_are_read_is_done_too():
    with closing(Work()) as work:
        work.crew.add([[1, 2]])
        found = []
        for number in work.crew.results():
            found.append(number)
            if number < 10:
                work.crew.add([[number + 10]])

        assert sorted(found) == [1, 2, 11, 12]


def test_after_a_failure_nothing_is_begun_though_nobody_reads_yet(monkeypatch):
    monkeypatch.setattr(crew, "SMALL_AT_ONCE", 1)
    failed = threading.Event()
    with closing(Work(fails=0)) as work:
        monkeypatch.setattr(work.crew, "_fail", _then(work.crew._fail, failed.set))
        work.crew.add([list(range(100))])
        assert failed.wait(10)
        work.crew.add([[200]])

        with pytest.raises(Offline):
            list(work.crew.results())
    assert work.done == [0]


def _then(first, second):
    def both(*given):
        first(*given)
        second()

    return both
