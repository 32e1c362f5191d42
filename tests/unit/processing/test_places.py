"""Names and zones of places, from the files that come with the program."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing import atlas


@pytest.mark.parametrize(
    ("latitude", "longitude", "name", "country"),
    [
        (38.71, -9.14, "Lisbon, Portugal", "PT"),
        (51.52, -0.17, "London, United Kingdom", "GB"),
        (48.8049, 2.1204, "Versailles, France", "FR"),
        (43.4674, 11.8851, "Arezzo, Italy", "IT"),
        (40.78, -73.97, "New York City, New York, United States", "US"),
        (-33.8568, 151.2153, "Sydney, New South Wales, Australia", "AU"),
    ],
)
def test_a_spot_is_called_as_people_call_it(latitude, longitude, name, country):
    found = atlas.place_at(latitude, longitude)

    assert found is not None
    assert (found.name, found.country_code) == (name, country)


@pytest.mark.parametrize("spot", [(0.0, -30.0), (90.0, 0.0), (-90.0, 180.0)])
def test_the_middle_of_the_sea_has_no_name(spot):
    assert atlas.place_at(*spot) is None


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("lisb", "Lisbon, Portugal"),
        ("München", "Munich, Bavaria, Germany"),
        ("東京", "Tokyo, Japan"),
        ("Springfield, illinois", "Springfield, Illinois, United States"),
        ("sao paulo", "São Paulo, Brazil"),
        ("lisbon, us", "Lisbon, Maine, United States"),
    ],
)
def test_a_place_is_found_by_the_beginning_of_one_of_its_names(wanted, first):
    assert atlas.search(wanted)[0].name == first


@pytest.mark.parametrize("wanted", ["", "a", "|", "\n", "zzzz", ", Portugal"])
def test_what_names_nothing_finds_nothing(wanted):
    assert atlas.search(wanted) == []


def test_no_more_is_found_than_was_asked_for():
    assert len(atlas.search("san", most=3)) == 3


def test_the_place_that_was_found_is_the_place_that_it_is_called():
    found = atlas.search("Lisbon")[0]

    again = atlas.place_at(found.latitude, found.longitude)
    assert again is not None
    assert again.country_code == "PT"


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        (datetime(2024, 7, 1, 12), 60),  # noqa: DTZ001
        (datetime(2024, 1, 1, 12), 0),  # noqa: DTZ001
        (datetime(2024, 10, 27, 1, 30), 60),  # noqa: DTZ001  # This hour came twice.
        (datetime(2024, 3, 31, 1, 30), 0),  # noqa: DTZ001  # This one never came.
    ],
)
def test_a_clock_in_lisbon_is_read_by_the_rules_of_its_day(clock, minutes):
    assert atlas.offset_of_clock(clock, 38.71, -9.14) == minutes


def test_a_moment_has_the_offset_that_clocks_showed_then():
    assert atlas.offset_at(datetime(2024, 7, 1, 12), 27.7, 85.3) == 345  # noqa: DTZ001


@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180), st.text())
def test_the_whole_earth_and_every_word_can_be_asked_for(latitude, longitude, wanted):
    atlas.place_at(latitude, longitude)
    atlas.offset_at(datetime(2024, 7, 1), latitude, longitude)  # noqa: DTZ001
    atlas.search(wanted)
