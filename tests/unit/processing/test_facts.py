"""What a camera wrote, read with suspicion."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from processing.recipes import facts

NOON = {facts.DATE_TIME_ORIGINAL: "2024:07:01 12:00:00"}
MUNICH = {
    facts.LATITUDE_REF: "N",
    facts.LATITUDE: (IFDRational(48), IFDRational(8), IFDRational(24)),
    facts.LONGITUDE_REF: "E",
    facts.LONGITUDE: (IFDRational(11), IFDRational(34), IFDRational(48)),
}


def test_a_date_with_an_offset_becomes_utc_and_keeps_the_offset():
    when = facts.taken({**NOON, facts.OFFSET_ORIGINAL: "+02:00"}, {})

    assert when == (datetime(2024, 7, 1, 10, tzinfo=UTC), 120)


def test_a_date_without_an_offset_counts_as_utc_and_says_so():
    assert facts.taken(NOON, {}) == (datetime(2024, 7, 1, 12, tzinfo=UTC), None)


def test_the_satellites_time_gives_the_missing_offset():
    gps = {facts.GPS_DATE: "2024:07:01", facts.GPS_TIME: (6.0, 29.0, 58.0)}

    assert facts.taken(NOON, gps) == (datetime(2024, 7, 1, 6, 30, tzinfo=UTC), 330)


def test_a_stale_fix_gives_no_offset():
    gps = {facts.GPS_DATE: "2024:07:01", facts.GPS_TIME: (6.0, 37.0, 0.0)}

    assert facts.taken(NOON, gps) == (datetime(2024, 7, 1, 12, tzinfo=UTC), None)


def test_parts_of_a_second_are_kept():
    when = facts.taken({**NOON, facts.SUBSECOND_ORIGINAL: "25"}, {})

    assert when is not None
    assert when.at.microsecond == 250_000


@pytest.mark.parametrize(
    "written",
    [
        "0000:00:00 00:00:00",
        "2024:13:01 12:00:00",
        "    :  :     :  :  ",
        "1700:01:01 00:00:00",
        "",
    ],
)
def test_a_date_that_cannot_be_is_left_out(written):
    assert facts.taken({facts.DATE_TIME_ORIGINAL: written}, {}) is None


def test_an_offset_that_cannot_be_is_left_out():
    when = facts.taken({**NOON, facts.OFFSET_ORIGINAL: "+99:00"}, {})

    assert when == (datetime(2024, 7, 1, 12, tzinfo=UTC), None)


def test_degrees_minutes_and_seconds_become_decimal():
    assert facts.place(MUNICH) == (48.14, 11.58)


def test_south_and_west_are_negative():
    there = facts.place({**MUNICH, facts.LATITUDE_REF: "S", facts.LONGITUDE_REF: "W"})

    assert there == (-48.14, -11.58)


@pytest.mark.parametrize(
    "latitude",
    [(95.0, 0.0, 0.0), (IFDRational(1, 0), 0.0, 0.0), ("x", "y", "z"), (48.0,), None, 48.0],
)
def test_a_place_that_is_not_on_earth_is_left_out(latitude):
    assert facts.place({**MUNICH, facts.LATITUDE: latitude}) is None


def test_zero_zero_is_a_camera_without_a_fix():
    nowhere = {facts.LATITUDE: (0.0, 0.0, 0.0), facts.LONGITUDE: (0.0, 0.0, 0.0)}

    assert facts.place(nowhere) is None


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("NIKON\0\0", "  Z 8\0", "NIKON Z 8"),
        ("", "", ""),
        (b"Fuji\xff", None, "Fuji\ufffd"),
    ],
)
def test_the_camera_is_named_once_and_cleanly(make, model, expected):
    assert facts.camera({facts.MAKE: make, facts.MODEL: model}) == expected


@pytest.mark.parametrize("claimed", [-1.0, 0.0, 9.2e18, float("inf"), float("nan")])
def test_a_length_that_no_video_has_is_left_out(claimed):
    assert facts.duration(claimed) == 0.0


def test_long_names_are_cut():
    assert len(facts.camera({facts.MODEL: "x" * 5000})) == facts.TEXT_LENGTH


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (
            {facts.EXPOSURE_TIME: IFDRational(1, 250), facts.F_NUMBER: 2.8, facts.ISO: 100},
            "1/250 s, f/2.8, ISO 100",
        ),
        ({facts.EXPOSURE_TIME: 2.5, facts.ISO: (200, 0)}, "2.5 s, ISO 200"),
        ({facts.F_NUMBER: IFDRational(0, 0)}, ""),
        ({facts.EXPOSURE_TIME: float("inf"), facts.ISO: -1}, ""),
    ],
)
def test_exposure_reads_as_photographers_write_it(tags, expected):
    assert facts.exposure(tags) == expected


def test_apples_date_is_preferred_since_it_knows_the_offset():
    when = facts.taken_by_video(
        {
            "creation_time": "2023-05-01T10:34:56.000000Z",
            "com.apple.quicktime.creationdate": "2023-05-01T12:34:56+0200",
        }
    )

    assert when == (datetime(2023, 5, 1, 10, 34, 56, tzinfo=UTC), 120)


def test_the_containers_date_is_utc_without_an_offset():
    when = facts.taken_by_video({"creation_time": "2023-05-01T10:34:56.000000Z"})

    assert when == (datetime(2023, 5, 1, 10, 34, 56, tzinfo=UTC), None)


@pytest.mark.parametrize("zero", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "soon", ""])
def test_a_recorder_that_was_never_set_has_no_date(zero):
    assert facts.taken_by_video({"creation_time": zero}) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+43.1931-004.8192/", (43.1931, -4.8192)),
        ("-33.8568+151.2153+005.000/", (-33.8568, 151.2153)),
        ("+00.0000+000.0000/", None),
        ("+99.0000+000.0000/", None),
        ("somewhere", None),
    ],
)
def test_a_videos_place_is_read_from_iso_6709(written, expected):
    assert facts.place_of_video({"location": written}) == expected


anything = st.one_of(
    st.none(), st.text(), st.binary(), st.integers(), st.floats(), st.tuples(st.floats(), st.text())
)
KNOWN = [
    *(facts.DATE_TIME_ORIGINAL, facts.OFFSET_ORIGINAL, facts.EXPOSURE_TIME, facts.ISO),
    *(facts.LATITUDE, facts.LONGITUDE, facts.GPS_TIME, facts.GPS_DATE, facts.MAKE),
]
tags = st.dictionaries(st.sampled_from(KNOWN), anything)

# The first text takes seconds, while Hypothesis learns all letters there are.
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@unhurried
@given(tags, tags)
def test_nothing_a_file_may_contain_raises(exif, gps):
    facts.taken(exif, gps)
    facts.taken({**NOON, **exif}, gps)
    facts.place(gps)
    facts.exposure(exif)
    assert "\0" not in facts.camera(exif)


@unhurried
@given(st.dictionaries(st.sampled_from(["creation_time", "location", "date"]), st.text()))
def test_nothing_a_video_may_contain_raises(metadata):
    facts.taken_by_video(metadata)
    facts.place_of_video(metadata)
