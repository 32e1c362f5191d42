"""Positions with gaps."""

from hypothesis import given
from hypothesis import strategies as st

from albums.ordering import GAP, after, between

positions = st.integers(min_value=-(2**40), max_value=2**40)


def test_the_first_of_a_list_leaves_room_on_both_sides():
    assert between(None, None) == GAP


def test_newcomers_follow_the_last_in_order():
    assert after(5 * GAP, 3) == [6 * GAP, 7 * GAP, 8 * GAP]


def test_neighbours_without_a_gap_have_no_room_between():
    assert between(7, 8) is None
    assert between(7, 7) is None


@given(lower=positions, upper=positions)
def test_what_is_found_between_is_strictly_between(lower, upper):
    middle = between(lower, upper)

    assert middle is None or lower < middle < upper
    assert (middle is None) == (upper - lower < 2)


@given(edge=positions)
def test_there_is_always_room_at_both_ends(edge):
    assert between(None, edge) < edge < between(edge, None)
