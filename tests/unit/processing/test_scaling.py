"""How many workers a lane should have: a table of days, and what holds for all of them."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.recipes.scaling import (
    POLICIES,
    Desired,
    Fleet,
    Load,
    Policy,
    backlog_per_worker,
    clear_seconds,
    desired,
)

POLICY = Policy(
    target_seconds=120,
    job_seconds=10,
    soonest_seconds=30,
    least=1,
    most=20,
    slots=2,
    cooldown_seconds=300,
    step_in=0.25,
    on_demand_most=3,
)
QUIET = Load(waiting=0, running=0, oldest_seconds=0, job_seconds=10)
# 480 seconds of work: two workers of two slots are done in the target's 120.
BUSY = Load(waiting=48, running=0, oldest_seconds=0, job_seconds=10)

TABLE = {
    "nothing to do keeps the least": (QUIET, Fleet(1), Desired(1)),
    "a backlog is cleared within the target": (BUSY, Fleet(1), Desired(2)),
    "a single job starts a fleet of none": (replace(BUSY, waiting=1), Fleet(0), Desired(1)),
    "twice the work needs twice the workers": (replace(BUSY, waiting=96), Fleet(1), Desired(4)),
    "slow jobs need more workers": (replace(BUSY, job_seconds=30), Fleet(1), Desired(6)),
    "unmeasured jobs take what is assumed": (replace(BUSY, job_seconds=0), Fleet(1), Desired(2)),
    "the later the oldest the more workers": (
        replace(BUSY, oldest_seconds=60),
        Fleet(1),
        Desired(4),
    ),
    "lateness has an end": (replace(BUSY, oldest_seconds=9999), Fleet(1), Desired(8)),
    "never more than the most": (replace(BUSY, waiting=10**6), Fleet(1), Desired(20)),
    "what runs keeps its slots": (replace(QUIET, running=7), Fleet(1), Desired(4)),
    "beside what waits": (replace(BUSY, running=7), Fleet(1), Desired(6)),
    "growing does not wait for the cool-down": (BUSY, Fleet(1, seconds_since_change=0), Desired(2)),
    "shrinking does": (QUIET, Fleet(8, seconds_since_change=299), Desired(8)),
    "it shrinks by a quarter": (QUIET, Fleet(8), Desired(6)),
    "slots are those of the workers there are": (
        replace(BUSY, waiting=96),
        Fleet(1, slots=8),
        Desired(1),
    ),
    "but by one at least": (QUIET, Fleet(2), Desired(1)),
    "no worker leaves its job": (QUIET, Fleet(8, busy=7), Desired(7)),
    "more than allowed leave at once": (
        QUIET,
        Fleet(30, busy=30, seconds_since_change=0),
        Desired(20),
    ),
    "who still starts is not asked for again": (BUSY, Fleet(1, asked=2), Desired(2)),
    "nor sent away before having come": (
        QUIET,
        Fleet(1, asked=8, seconds_since_change=299),
        Desired(8),
    ),
    "unless it takes too long": (QUIET, Fleet(1, asked=8), Desired(6)),
    "who still leaves is not called back": (
        QUIET,
        Fleet(8, asked=6, busy=8, seconds_since_change=0),
        Desired(6),
    ),
    "a short shortage is waited out": (BUSY, Fleet(1, missing=1, missing_seconds=60), Desired(2)),
    "a long shortage is bought on demand": (
        BUSY,
        Fleet(1, missing=1, missing_seconds=120),
        Desired(2, on_demand=1),
    ),
    "up to what may be spent": (
        replace(BUSY, waiting=960),
        Fleet(1, missing=19, missing_seconds=600),
        Desired(20, on_demand=3),
    ),
}


@pytest.mark.parametrize(("load", "fleet", "answer"), TABLE.values(), ids=TABLE)
def test_a_day_of_a_fleet(load: Load, fleet: Fleet, answer: Desired):
    assert desired(load, fleet, POLICY) == answer


loads = st.builds(
    Load,
    waiting=st.integers(0, 10**6),
    running=st.integers(0, 1000),
    oldest_seconds=st.floats(0, 10**6),
    job_seconds=st.just(0) | st.floats(0.01, 10**4),
)
fleets = st.builds(
    Fleet,
    workers=st.integers(0, 200),
    slots=st.integers(0, 800),
    busy=st.integers(0, 200),
    seconds_since_change=st.floats(0, 10**5),
    asked=st.none() | st.integers(0, 200),
    missing=st.integers(0, 200),
    missing_seconds=st.floats(0, 10**4),
)
policies = st.sampled_from([POLICY, *POLICIES.values()])


@given(loads, fleets, policies)
def test_the_answer_lies_between_least_and_most(load: Load, fleet: Fleet, policy: Policy):
    answer = desired(load, fleet, policy)

    assert policy.least <= answer.workers <= policy.most
    assert 0 <= answer.on_demand <= min(answer.workers, policy.on_demand_most)


@given(loads, fleets, policies, st.integers(1, 10**6))
def test_more_work_never_means_fewer_workers(load: Load, fleet: Fleet, policy: Policy, more: int):
    heavier = replace(load, waiting=load.waiting + more)

    assert desired(heavier, fleet, policy).workers >= desired(load, fleet, policy).workers


@given(loads, fleets, policies)
def test_a_worker_at_work_is_never_asked_to_leave(load: Load, fleet: Fleet, policy: Policy):
    asked = fleet.workers if fleet.asked is None else fleet.asked
    at_work = min(fleet.busy, asked, policy.most)

    assert desired(load, fleet, policy).workers >= at_work


@given(loads, st.integers(0, 200), policies)
def test_under_a_steady_load_a_fleet_settles_and_stays(load: Load, workers: int, policy: Policy):
    sizes = [workers]
    for _ in range(100):
        sizes.append(desired(load, Fleet(sizes[-1]), policy).workers)

    assert sizes[-1] == sizes[-2]
    # It never turns round on the way: only up, or only down.
    assert sizes[1:] in (sorted(sizes[1:]), sorted(sizes[1:], reverse=True))


@given(loads, policies)
def test_what_is_desired_clears_a_fresh_backlog_in_time(load: Load, policy: Policy):
    fresh = replace(load, oldest_seconds=0)
    answer = desired(fresh, Fleet(0), policy)

    beside = answer.workers * policy.slots - fresh.running
    seconds = clear_seconds(replace(fresh, running=0), policy, slots=max(0, beside))
    in_time = max(policy.target_seconds, policy.soonest_seconds)
    assert seconds <= in_time * 1.0001 or answer.workers == policy.most


@given(
    st.lists(st.integers(0, 2000), min_size=5, max_size=60),
    st.integers(0, 10),
    st.integers(1, 20),
    policies,
)
def test_a_fleet_that_starts_slowly_does_not_thrash(
    asks: list[int], start_minutes: int, workers: int, policy: Policy
):
    """Whatever is waiting each minute: it shrinks no sooner than a cool-down after any change,
    by no more than a step, and what was asked for is never less than what is needed."""
    on_the_way, present, asked, changed_at = [(0, workers)], 0, workers, 0
    for minute, waiting in enumerate(asks):
        arrived = sum(number for at, number in on_the_way if at <= minute)
        present = min(present + arrived, asked)
        on_the_way = [(at, number) for at, number in on_the_way if at > minute]
        load = Load(waiting, running=0, oldest_seconds=0, job_seconds=10)
        fleet = Fleet(present, asked=asked, seconds_since_change=(minute - changed_at) * 60)
        answer = desired(load, fleet, policy).workers

        if answer < asked:
            assert (minute - changed_at) * 60 >= policy.cooldown_seconds or asked > policy.most
            assert answer >= min(asked - max(1, int(asked * policy.step_in)), policy.most)
        in_time = max(policy.target_seconds, policy.soonest_seconds)
        needed = clear_seconds(load, policy, slots=policy.slots) / in_time
        assert answer >= min(needed, policy.most)
        if answer > asked:
            on_the_way.append((minute + start_minutes, answer - asked))
        changed_at = minute if answer != asked else changed_at
        asked = answer


def test_a_backlog_is_shared_by_the_workers_there_are():
    assert backlog_per_worker(BUSY, Fleet(4)) == 12
    assert backlog_per_worker(BUSY, Fleet(0)) == 48


def test_nobody_clears_a_backlog_never():
    assert clear_seconds(BUSY, POLICY, slots=0) == inf
    assert clear_seconds(QUIET, POLICY, slots=0) == 0
