"""What the simulation draws and reckons from a day; the days themselves are in `test_world`."""

from xml.etree import ElementTree

import numpy as np
import pytest

from deploy.simulate import budget, limits, scenarios
from deploy.simulate.chart import Line, Panel, short, svg
from deploy.simulate.prices import PRICES, bill, requests_cost
from deploy.simulate.scenarios import STEERED, day, mean_slots, percentiles, strategies
from deploy.simulate.world import Outcome

HOUR = 3600.0
SHAPES = "{http://www.w3.org/2000/svg}"


def outcome() -> Outcome:
    """A day of 1,000 photos and ten hours of video, by one worker on demand and two on Spot."""
    nothing = np.array([])
    return Outcome(
        photos=nothing,
        posters=nothing,
        playable=nothing,
        photo_count=1000,
        video_seconds=10 * HOUR,
        samples={},
        spot_seconds={"interactive": 0, "media": 48 * HOUR},
        on_demand_seconds={"interactive": 24 * HOUR, "media": 0},
        interrupted=0,
        broken=0,
        begun=0,
        done=0,
        lost_seconds=0,
        requests=0,
        most_in_flight=0,
        ended_at=24 * HOUR,
    )


def test_a_bill_is_machines_and_requests():
    asked = requests_cost(budget.UPLOAD["sts"] + budget.PHOTO)

    made = bill(outcome())

    assert made.thousand_photos == pytest.approx(24 * PRICES.on_demand + 1000 * asked)
    assert made.video_hour == pytest.approx(48 * PRICES.spot / 10)


def test_a_thousand_requests_cost_what_s3_asks():
    assert requests_cost(budget.Requests(dear=1000)) == pytest.approx(0.005)
    assert requests_cost(budget.Requests(sts=1000)) == 0


def test_more_users_are_played_in_small_and_counted_in_full(monkeypatch):
    monkeypatch.setattr(scenarios, "PLAYED_MOST", 100)

    large = day(STEERED, 1000, crowd=False)

    assert large.each == 10
    assert 50 < large.outcome.photo_count < 200
    assert large.most_workers("interactive") == 10


def test_a_fixed_fleet_has_room_for_what_it_is_bought_for():
    busy = mean_slots(1_000_000)
    for name, times in (("fixed, mean", 1.0), ("fixed, busiest hour", 1.85)):
        for lane, fixed in strategies(name, 1_000_000).items():
            assert fixed.workers * 2 >= busy[lane] * times  # type: ignore[attr-defined]


@pytest.mark.parametrize("limit", limits.LIMITS, ids=lambda limit: limit.name.split(",")[0])
def test_a_limit_is_met_by_exactly_so_many_users(limit):
    users = limits.users_at(limit, 0.001, crowd=True)
    use = limits.Use(limits.uploads_a_second(users, crowd=True), users * 0.001)

    assert limit.taken(use) == pytest.approx(limit.most)
    assert users < limits.users_at(limit, 0.001, crowd=False) or limit.name.startswith("SQS")


def test_nobody_waited_when_nothing_came():
    assert percentiles(np.array([])) == (0, 0, 0)


def test_a_picture_is_the_same_each_time_and_says_what_it_shows():
    panel = Panel("Waits & costs", [Line("p50", [(10, 1), (100, 20)])], log_x=True, rule=30)

    picture = svg([panel], describes="Waits")

    assert picture == svg([panel], describes="Waits")
    root = ElementTree.fromstring(picture)
    assert root.get("aria-label") == "Waits"
    words = [text.text for text in root.iter(f"{SHAPES}text")]
    assert "Waits & costs" in words
    assert {"10", "100", "p50"} <= set(words)


def test_a_higher_value_is_drawn_higher_and_all_of_it_within_the_picture():
    panel = Panel("Jobs", [Line("all", [(0, 0), (12, 5000), (24, 70)])])

    line = ElementTree.fromstring(svg([panel], describes="")).find(f".//{SHAPES}polyline")

    assert line is not None
    places = [tuple(map(float, p.split(","))) for p in str(line.get("points")).split()]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert places[1][1] < places[2][1] < places[0][1]
    assert all(0 <= x <= 760 and 0 <= y <= 190 for x, y in places)


def test_what_has_no_place_on_an_axis_by_decades_is_left_out():
    panel = Panel("Jobs", [Line("all", [(1, 0), (2, 10), (3, 100)])], log_y=True)

    line = ElementTree.fromstring(svg([panel], describes="")).find(f".//{SHAPES}polyline")

    assert line is not None
    assert len(str(line.get("points")).split()) == 2
    with pytest.raises(ValueError, match="nothing to draw"):
        svg([Panel("None", [Line("all", [(1, 0)])], log_y=True)], describes="")


def test_numbers_are_short_enough_for_an_axis():
    assert [short(n) for n in (0.5, 20, 1500, 10_000_000)] == ["0.5", "20", "1.5k", "10M"]
