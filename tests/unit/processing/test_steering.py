"""What groups are asked for when EC2 has no more Spot instances; no group is asked here."""

from dataclasses import dataclass

from processing.recipes.scaling import Desired, Fleet, Load, Policy
from processing.recipes.steering import Helm

POLICY = Policy(target_seconds=120, job_seconds=10)
# 480 seconds of work for a target of 120: two workers of two slots.
BUSY = Load(waiting=48, running=0, oldest_seconds=0, job_seconds=10)
QUIET = Load(waiting=0, running=0, oldest_seconds=0, job_seconds=10)


@dataclass(frozen=True)
class Group:
    asked: int
    launched: int
    least: int = 0
    most: int = 20


SHORT, WHOLE = Group(asked=2, launched=1), Group(asked=2, launched=2)
RESERVE = Group(asked=0, launched=0, most=4)


def answers(*groups: Group, reserve: Group | None = RESERVE, load: Load = BUSY) -> list[Desired]:
    """What is asked for while the group is so, a minute after the other."""
    helm = Helm(POLICY)
    return [
        helm.steer(load, Fleet(1, slots=2), group=group, reserve=reserve, now=minute * 60.0)
        for minute, group in enumerate(groups)
    ]


def test_what_spot_has_not_for_two_minutes_is_bought_on_demand():
    assert answers(SHORT, SHORT, SHORT) == [Desired(2), Desired(2), Desired(2, on_demand=1)]


def test_once_spot_has_all_the_reserve_may_go():
    assert answers(SHORT, SHORT, SHORT, WHOLE)[-1] == Desired(2)


def test_each_shortage_is_waited_out_anew():
    assert answers(SHORT, SHORT, WHOLE, SHORT)[-1] == Desired(2)


def test_without_a_reserve_a_shortage_is_waited_out_for_ever():
    assert answers(*[SHORT] * 5, reserve=None)[-1] == Desired(2)


def test_an_instance_that_still_starts_is_not_missing():
    assert answers(*[WHOLE] * 5)[-1] == Desired(2)


def test_a_group_is_asked_for_what_it_may_have():
    assert answers(Group(asked=1, launched=1, most=1), reserve=None) == [Desired(1)]
    assert answers(Group(asked=3, launched=3, least=3), reserve=None, load=QUIET) == [Desired(3)]


def test_a_reserve_keeps_its_own_least():
    reserve = Group(asked=1, launched=1, least=1)

    assert answers(WHOLE, reserve=reserve) == [Desired(2, on_demand=1)]
