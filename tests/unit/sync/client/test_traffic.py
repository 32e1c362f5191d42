"""How fast, how much at once, and that one failure ends all."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from sync.client.patience import Patience
from sync.client.several import Several
from sync.client.traffic import Memory, Rate, Telling


def test_what_travels_twice_is_told_once_and_all_of_it_in_the_end():
    told: list[int] = []
    telling = Telling(100, told.append)
    telling(60)
    telling(60)
    telling.rest()
    assert told == [60, 40]

    other = Telling(100, told.append)
    other(30)
    other.rest()
    assert told[2:] == [30, 70]


def test_a_rate_hands_out_the_coming_seconds():
    rate = Rate(100)

    assert [rate.take(50, now=10) for _ in range(3)] == [0, 0.5, 1]


def test_what_was_not_used_in_the_past_is_lost():
    rate = Rate(100)
    rate.take(50, now=10)

    assert rate.take(50, now=1000) == 0
    assert rate.take(50, now=1000) == 0.5


def test_memory_is_never_exceeded_but_by_one_that_is_larger_alone():
    memory, held, most = Memory(100), [], []

    def hold(size):
        with memory.of(size):
            held.append(size)
            most.append(list(held))
            held.remove(size)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, [60, 30, 10, 100, 250, 50] * 20))

    assert all(sum(each) <= 100 or len(each) == 1 for each in most)


def test_the_first_failure_ends_all():
    done: list[int] = []

    def fail():
        raise ValueError("the disk is full")

    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="full"):
        _do([fail, *(partial(done.append, number) for number in range(100))], pool)

    assert len(done) < 100


def _do(jobs, pool):
    with Several(pool, most=2) as several:
        for job in jobs:
            several.add(job)


def test_a_block_ends_when_all_is_done():
    done: list[int] = []

    with ThreadPoolExecutor(4) as pool, Several(pool, most=2) as several:
        for number in range(100):
            several.add(partial(done.append, number))

    assert sorted(done) == list(range(100))


def test_pauses_double_up_to_the_longest():
    patience = Patience(attempts=5, first_seconds=1, longest_seconds=3, chance=lambda: 1.0)

    assert list(patience.pauses()) == [1, 2, 3, 3]


def test_pauses_are_drawn():
    patience = Patience(attempts=2, first_seconds=1, chance=lambda: 0.0)

    assert list(patience.pauses()) == [0.5]
