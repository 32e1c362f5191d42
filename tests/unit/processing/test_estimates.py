"""What people are told of time and progress is honest and does not flicker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.recipes.estimates import (
    Pace,
    Stage,
    before_in_words,
    left_in_words,
    left_of_running,
    left_of_waiting,
    percent_of,
)


@pytest.mark.parametrize(
    ("percent", "elapsed", "usual", "left"),
    [
        (50, 60, None, 60),
        (25, 60, 30, 180),  # Its own pace counts for more than that of others.
        (0, 10, 30, 20),
        (4, 10, 30, 20),
        (0, 40, 30, None),  # It takes longer than usual, and nobody knows how much.
        (0, 10, None, None),
    ],
)
def test_a_running_job_is_estimated_by_its_own_pace_or_else_by_that_of_others(
    percent, elapsed, usual, left
):
    assert left_of_running(percent=percent, elapsed_seconds=elapsed, usual_seconds=usual) == left


def test_a_waiting_job_waits_for_those_before_it_and_then_takes_its_own_time():
    assert left_of_waiting(before=120, pace=Pace(job_seconds=2.0, running=4)) == 62


@pytest.mark.parametrize("pace", [Pace(2.0, 0), Pace(None, 3), Pace(None, 0)])
def test_no_time_is_promised_while_nothing_moves_or_nothing_is_known(pace):
    assert left_of_waiting(before=3, pace=pace) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "less than a minute left"),
        (59, "less than a minute left"),
        (60, "about 1 minute left"),
        (170, "about 3 minutes left"),
        (11 * 60, "about 10 minutes left"),
        (44 * 60, "about 45 minutes left"),
        (58 * 60, "about 1 hour left"),
        (5.6 * 3600, "about 6 hours left"),
        (23.5 * 3600, "about 1 day left"),
        (72 * 3600, "about 3 days left"),
    ],
)
def test_time_is_said_in_round_words(seconds, words):
    assert left_in_words(seconds) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0, "waiting, next in line"),
        (120, "waiting, 120 before it"),
        (1000, "waiting, more than 1,000 before it"),
    ],
)
def test_a_queue_is_said_as_it_is(before, words):
    assert before_in_words(before, most=1000) == words


def look(percent: int) -> Stage:
    return Stage(is_look=True, percent=percent)


def test_a_video_of_many_pieces_is_as_far_as_their_weights_say():
    short, long = Stage(False, 100, weight=1), Stage(False, 0, weight=3)

    assert percent_of([look(100), short, long]) == 10 + 90 // 4


def test_nothing_is_said_to_be_done_before_it_is():
    assert percent_of([look(100), Stage(False, 100)]) == 99
    assert percent_of([]) == 0


percents = st.integers(0, 100)


@given(st.lists(st.tuples(percents, percents, st.floats(0.1, 100)), min_size=1), percents, percents)
def test_progress_never_goes_back_while_its_pieces_go_on(pieces, one, other):
    before = [look(min(one, other))]
    looked = [look(max(one, other))]
    begun = [look(100), *(Stage(False, min(a, b), w) for a, b, w in pieces)]
    later = [look(100), *(Stage(False, max(a, b), w) for a, b, w in pieces)]

    steps = [percent_of(stages) for stages in (before, looked, begun, later)]

    assert steps == sorted(steps)
