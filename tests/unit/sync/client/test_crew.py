"""Threads that do jobs: which share, what is added while they work, and nothing after a failure."""

import threading
from contextlib import closing
from functools import partial
from operator import itemgetter

import pytest

from sync.client import crew
from sync.client.crew import MOST_TOGETHER, SMALL_AT_ONCE, SMALL_BYTES, Crew, Job, together
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


def files(count, size_bytes):
    return [(number, size_bytes) for number in range(count)]


def shared(given):
    return list(together(given, itemgetter(1)))


def test_few_files_are_all_fetched_at_once():
    few = files(SMALL_AT_ONCE, 1)

    assert shared(few) == [[each] for each in few]


def test_of_many_small_ones_each_thread_takes_some():
    many = files(500, 1)

    shares = shared(many)

    assert [each for share in shares for each in share] == many
    assert {len(share) for share in shares[:-1]} == {MOST_TOGETHER}
    assert len(shares) >= SMALL_AT_ONCE


def test_a_large_one_lets_no_other_wait():
    large = files(500, SMALL_BYTES + 1)

    assert shared(large) == [[each] for each in large]


def _then(first, second):
    def both(*given):
        first(*given)
        second()

    return both
