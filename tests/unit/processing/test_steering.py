"""What a lane should have, when EC2 has no more Spot instances; no group is asked here."""

from datetime import UTC, datetime, timedelta

from mediashare.aws.autoscaling import Group
from processing import metrics, steering
from processing.recipes.scaling import Desired, Fleet, Load

NOW = datetime(2026, 1, 1, tzinfo=UTC)
# 480 seconds of work for a target of 120: two workers of two slots.
BUSY = metrics.Lane("media", Load(48, 0, 0, 10), Fleet(1, slots=2), later=0, failed=0)
RESERVE = Group("reserve", least=0, most=4, asked=0, launched=0)


def spot(*, asked: int, launched: int) -> Group:
    return Group("spot", least=0, most=20, asked=asked, launched=launched)


def answers(*groups: Group, reserve: Group | None = RESERVE) -> list[Desired]:
    """What is wanted while the group is so, a minute after the other."""
    memory = steering.Memory()
    return [
        steering.desired(BUSY, group, reserve, memory, now=NOW + timedelta(minutes=minute))
        for minute, group in enumerate(groups)
    ]


def test_what_spot_has_not_for_two_minutes_is_bought_on_demand():
    short = spot(asked=2, launched=1)

    assert answers(short, short, short) == [Desired(2), Desired(2), Desired(2, on_demand=1)]


def test_once_spot_has_all_the_reserve_may_go():
    short, whole = spot(asked=2, launched=1), spot(asked=2, launched=2)

    assert answers(short, short, short, whole)[-1] == Desired(2)


def test_each_shortage_is_waited_out_anew():
    short, whole = spot(asked=2, launched=1), spot(asked=2, launched=2)

    assert answers(short, short, whole, short)[-1] == Desired(2)


def test_without_a_reserve_a_shortage_is_waited_out_for_ever():
    assert answers(*[spot(asked=2, launched=1)] * 5, reserve=None)[-1] == Desired(2)


def test_an_instance_that_still_starts_is_not_missing():
    assert answers(*[spot(asked=2, launched=2)] * 5)[-1] == Desired(2)
