"""Jobs of one lane: queueing theory knows how long they wait, and none is lost or done twice."""

from functools import partial
from math import factorial
from random import Random

import pytest

from deploy.simulate.assumed import Messages
from deploy.simulate.lane import Job, Lane, Worker

AT_ONCE = Messages(seconds_on_the_way=0, lost=0, doubled=0)


class Diary:
    """When jobs ended, by their names."""

    def __init__(self, lane: Lane) -> None:
        self.lane, self.ended = lane, dict[str, list[float]]()

    def add(self, name: str, seconds: float, at: float) -> None:
        self.lane.add(Job(seconds, lambda ended: self.ended.setdefault(name, []).append(ended)), at)


def lane_of(*workers: Worker, messages: Messages = AT_ONCE) -> tuple[Lane, Diary]:
    lane = Lane(messages, Random(1))
    for worker in workers:
        lane.join(worker)
    return lane, Diary(lane)


def erlang_c_wait(arrivals: float, seconds: float, servers: int) -> float:
    """The mean wait in a queue M/M/c (Erlang's second formula)."""
    load = arrivals * seconds
    last = load**servers / factorial(servers) * servers / (servers - load)
    all_busy = last / (sum(load**n / factorial(n) for n in range(servers)) + last)
    return all_busy * seconds / (servers - load)


@pytest.mark.parametrize(("servers", "arrivals"), [(1, 0.5), (4, 2.4)])
def test_jobs_wait_as_long_as_queueing_theory_says(servers, arrivals):
    lane, chance = Lane(AT_ONCE, Random(1)), Random(7)
    lane.join(Worker(servers))
    waits: list[float] = []
    at = 0.0

    def note(due: float, ended: float) -> None:
        waits.append(ended - due)

    for _ in range(40_000):
        at += chance.expovariate(arrivals)
        seconds = chance.expovariate(1)
        lane.add(Job(seconds, partial(note, at + seconds)), at)
    lane.advance(at * 2)

    assert len(waits) == 40_000
    assert sum(waits) / len(waits) == pytest.approx(erlang_c_wait(arrivals, 1, servers), rel=0.08)


def test_the_oldest_job_is_done_first_and_each_once():
    lane, diary = lane_of(Worker(1))
    for name, at in (("first", 0), ("second", 1), ("third", 2)):
        diary.add(name, 10, at)
    lane.advance(100)

    assert diary.ended == {"first": [10], "second": [20], "third": [30]}


def test_what_is_given_back_keeps_its_turn_and_begins_anew():
    leaving = Worker(1)
    lane, diary = lane_of(leaving)
    diary.add("given back", 10, 0)
    diary.add("waiting", 10, 0)
    lane.advance(4)
    lane.leave(leaving)
    lane.give_back(leaving)
    lane.join(Worker(1))
    lane.advance(100)

    assert diary.ended == {"given back": [14], "waiting": [24]}
    assert lane.lost_seconds == 4


def test_a_worker_that_leaves_ends_what_it_has_and_begins_nothing():
    leaving = Worker(1)
    lane, diary = lane_of(leaving)
    diary.add("at work", 10, 0)
    diary.add("waiting", 10, 0)
    lane.advance(4)
    lane.leave(leaving)
    lane.advance(100)

    assert diary.ended == {"at work": [10]}
    assert (lane.waiting, lane.running) == (1, 0)


def test_what_a_dead_worker_had_is_free_when_its_lease_ran_out_and_its_message_is_shown():
    dead = Worker(1)
    lane, diary = lane_of(dead)
    diary.add("at work", 10, 0)
    lane.advance(4)
    lane.lose(dead, lease_seconds=120, hidden_seconds=180)
    lane.join(Worker(1))
    lane.advance(150)
    assert (lane.waiting, diary.ended) == (1, {})

    lane.advance(500)

    assert diary.ended == {"at work": [194]}


def test_a_lost_message_is_made_good_by_the_sweep():
    lane, diary = lane_of(Worker(1), messages=Messages(lost=1, doubled=0, seconds_on_the_way=0))
    diary.add("unheard of", 10, 0)
    lane.advance(30)
    assert diary.ended == {}

    lane.sweep()
    lane.advance(100)

    assert diary.ended == {"unheard of": [40]}


def test_a_doubled_message_finds_nothing_to_do():
    lane, diary = lane_of(Worker(1), messages=Messages(lost=0, doubled=1, seconds_on_the_way=0))
    diary.add("done once", 10, 0)
    lane.advance(100)

    assert diary.ended == {"done once": [10]}
    assert lane.wasted_bells == 1


def test_no_more_are_begun_than_sqs_lets_be_in_flight():
    few = Messages(seconds_on_the_way=0, lost=0, doubled=0, in_flight_most=3)
    lane, diary = lane_of(Worker(10), messages=few)
    for number in range(9):
        diary.add(f"{number}", 10, 0)
    lane.advance(100)

    assert lane.most_in_flight == 3
    assert sorted(ended for (ended,) in diary.ended.values()) == [10] * 3 + [20] * 3 + [30] * 3
