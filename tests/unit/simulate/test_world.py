"""Whole days: the same for a seed, nothing lost, and machines that come and go as they would."""

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from deploy.simulate import known
from deploy.simulate.assumed import CROWD, HOUR, MACHINES, MINUTE, Crowd, Messages
from deploy.simulate.demand import Demand, Photo, Video, arrivals
from deploy.simulate.strategies import Fixed, Strategy, steered, tracked
from deploy.simulate.world import LANES, Outcome, Plan, World

CALM = replace(MACHINES, interrupted_an_hour=0, breaks_an_hour=1e-9, shortage=(inf, inf))
# Six hours of many users, a crowd among them: enough for fleets to grow and to shrink again.
BUSY = Demand(20_000, crowd=Crowd(begins=2 * HOUR, seconds=600, times=50))


def day(demand: Demand = BUSY, strategy: Strategy = steered, **more: Any) -> Outcome:
    return World(
        Plan(demand, dict.fromkeys(LANES, strategy), **{"seconds": 6 * HOUR, **more})
    ).play()


def came(demand: Demand, seconds: float = 6 * HOUR) -> tuple[int, int]:
    """How many photos and videos come in that time."""
    whats = [what for what in arrivals(demand, 1) if what.at < seconds]
    return sum(isinstance(w, Photo) for w in whats), sum(isinstance(w, Video) for w in whats)


def test_a_seed_gives_one_day_and_another_seed_another():
    first, again, other = (day(Demand(2000), seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(first.photos, again.photos)
    assert first.samples == again.samples
    assert not np.array_equal(first.photos, other.photos)


@pytest.mark.parametrize(
    "strategy", [steered, tracked, Fixed(20)], ids=["steered", "tracked", "fixed"]
)
def test_everything_that_came_is_seen_once_whatever_fails(strategy):
    wild = replace(CALM, interrupted_an_hour=2, breaks_an_hour=2, shortage=(3 * HOUR, 4 * HOUR))
    outcome = day(strategy=strategy, machines=wild, messages=Messages(lost=0.05, doubled=0.05))

    photos, videos = came(BUSY)
    assert (len(outcome.photos), len(outcome.posters), len(outcome.playable)) == (
        photos,
        videos,
        videos,
    )
    assert outcome.broken > 0
    # What was begun and did not end was begun again.
    assert outcome.begun > outcome.done


def test_who_is_interrupted_in_order_loses_little_of_its_work():
    outcome = day(machines=replace(CALM, interrupted_an_hour=2))

    assert outcome.interrupted > 10
    # Pieces of video are shorter than the notice is long.
    assert outcome.begun == outcome.done
    assert outcome.lost_seconds == 0


def test_while_spot_has_nobody_the_reserve_is_asked():

    outcome = day(machines=replace(CALM, shortage=(2 * HOUR, 3 * HOUR)))

    during = [s for s in outcome.samples["media"] if 2.3 * HOUR < s.at < 2.6 * HOUR]
    assert max(sample.on_demand for sample in during) > 0
    assert outcome.samples["media"][-1].on_demand == 0


def test_a_fleet_follows_a_crowd_and_goes_home():
    outcome = day(machines=CALM)

    workers = {round(s.at / MINUTE): s.workers for s in outcome.samples["interactive"]}
    assert workers[110] == 1
    assert workers[130] > 1
    assert workers[240] == 1


def test_steering_shows_a_crowd_its_photos_sooner_than_target_tracking():
    ours, theirs = (day(strategy=strategy, machines=CALM) for strategy in (steered, tracked))

    assert np.percentile(ours.photos, 99) < np.percentile(theirs.photos, 99)


def test_as_much_comes_as_people_do_and_fifty_times_of_it_in_a_crowd():
    photos, videos = came(Demand(50_000, crowd=None), seconds=24 * HOUR)
    assert photos == pytest.approx(50_000, rel=0.02)
    assert videos == pytest.approx(2500, rel=0.1)

    minutes = Demand(1).minutes()
    begins = int(CROWD.begins / MINUTE)
    assert minutes[begins] / minutes[begins - 1] == pytest.approx(50, rel=0.01)


def test_figures_are_those_of_the_benchmarks_and_settings_the_usual_ones():
    assert 0.05 < known.work().photo < 5
    assert known.work().first_rung < known.work().whole_ladder
    assert known.setting("JOB_LEASE_SECONDS") < known.setting("SQS_VISIBILITY_SECONDS")


@pytest.mark.parametrize("ask", [known.row, known.setting])
def test_a_figure_that_is_gone_stops_the_simulation(ask):
    with pytest.raises(known.FigureMissing):
        ask("NOWHERE")
