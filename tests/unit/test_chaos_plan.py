"""Plans of faults for the journeys: the same seed is the same round."""

from tests.journeys.chaos import plan
from tests.journeys.chaos.plan import Kind, Scene


def test_a_seed_can_be_played_again():
    assert plan.faults(7) == plan.faults(7)
    assert plan.faults(7) != plan.faults(8)


def test_every_round_has_every_kind_of_fault():
    for seed in range(20):
        assert {fault.kind for fault in plan.faults(seed)} == set(Kind)


def test_rounds_are_about_a_batch_or_about_a_library():
    scenes = [plan.scene(seed) for seed in range(6)]

    assert scenes.count(Scene.LIBRARY) == 2
    assert scenes.count(Scene.BATCH) == 4


def test_no_job_can_be_interrupted_so_often_that_it_fails():
    deadly = {Kind.KILL, Kind.KILL_POOL, Kind.FREEZE, Kind.POSTGRES}

    # JOB_MAX_ATTEMPTS is 6 where nothing else is said.
    assert sum(kind in deadly for kind in plan.DECK) < 6
