"""Who is asked about together."""

from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from albums.similar.grouping import MOST, Groups

A, B, C, D = (UUID(int=number) for number in range(1, 5))
OLD, OTHER = UUID(int=100), UUID(int=200)


def apart(*pairs: tuple[UUID, UUID]) -> list[frozenset[UUID]]:
    return [frozenset(pair) for pair in pairs]


def together(groups: Groups) -> set[frozenset[UUID]]:
    return {
        frozenset(item for item, group in groups.group_of.items() if group == each)
        for each in set(groups.group_of.values())
    }


def test_two_that_are_alike_make_a_group():
    groups = Groups({}, [])

    groups.bring_in(A, [A, B])

    assert together(groups) == {frozenset({A, B})}


def test_a_photo_that_is_like_none_makes_none():
    groups = Groups({}, [])

    groups.bring_in(A, [A])

    assert groups.group_of == {}


def test_a_newcomer_joins_the_group_there_is():
    groups = Groups({A: OLD, B: OLD}, [])

    groups.bring_in(C, [B])

    assert groups.group_of == {A: OLD, B: OLD, C: OLD}


def test_one_that_is_like_both_joins_two_groups_into_one():
    groups = Groups({A: OLD, B: OTHER, C: OTHER}, [])

    groups.bring_in(D, [A, B])

    assert groups.group_of == dict.fromkeys((A, B, C, D), OLD)


def test_two_that_were_told_apart_do_not_meet_through_a_third():
    groups = Groups({}, apart((A, B)))

    groups.bring_in(C, [A, B])

    assert together(groups) == {frozenset({A, C})}


def test_nobody_is_asked_again_about_the_same_two():
    groups = Groups({}, apart((A, B)))

    groups.bring_in(A, [B])
    groups.bring_in(B, [A])

    assert groups.group_of == {}


def test_doing_it_twice_changes_nothing():
    groups = Groups({}, apart((B, D)))
    for _ in range(2):
        groups.bring_in(A, [B, C, D])
        groups.bring_in(D, [A])

        assert together(groups) == {frozenset({A, B, C})}


@given(st.lists(st.tuples(st.integers(1, 60), st.lists(st.integers(1, 60))), max_size=60))
def test_groups_stay_small_and_keep_apart_what_was_told_apart(newcomers):
    told_apart = apart(*((UUID(int=n), UUID(int=n + 1)) for n in range(1, 60, 7)))
    groups = Groups({}, told_apart)

    for item, alike in newcomers:
        groups.bring_in(UUID(int=item), [UUID(int=other) for other in alike])

    for group in together(groups):
        assert 2 <= len(group) <= MOST
        assert not {frozenset(pair) for pair in combinations(group, 2)} & set(told_apart)
