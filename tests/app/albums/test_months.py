"""Headings of the library: the month that a clock showed where a picture was taken."""

from datetime import UTC, datetime

import pytest

from albums import groups
from albums.models import Item
from albums.pictures import Picture

JULY = datetime(2024, 7, 1, 0, 30, tzinfo=UTC)
JUNE = datetime(2024, 6, 30, 23, 30, tzinfo=UTC)


def of(*taken):
    """Pictures taken at times, each with its clock's distance from UTC in hours, or None."""
    return [
        Picture(Item(taken_at=at, taken_offset_minutes=None if hours is None else 60 * hours))
        for at, hours in taken
    ]


@pytest.mark.parametrize(
    ("at", "hours", "label"),
    [
        (JUNE, None, "June 2024"),
        (JUNE, 2, "July 2024"),
        (JULY, 0, "July 2024"),
        (JULY, -7, "June 2024"),
    ],
)
def test_a_picture_is_of_the_month_there(at, hours, label):
    assert [group.label for group in groups.by_month(of((at, hours)))] == [label]


def test_no_month_comes_twice_where_zones_mix():
    found = groups.by_month(of((JULY, -7), (JUNE, 2), (JUNE, 0)))

    assert [(group.label, len(group.pictures)) for group in found] == [("June 2024", 3)]


@pytest.mark.parametrize(
    ("after", "is_continued"), [("2024-07", True), ("2024-08", False), ("", False)]
)
def test_a_month_that_goes_on_says_so(after, is_continued):
    assert groups.by_month(of((JULY, 0)), after=after)[0].is_continued == is_continued


@pytest.mark.parametrize(
    ("written", "month"),
    [("2024-07", "2024-07"), ("2024-13", ""), ("", ""), ("x", ""), ("2024-07-01", "")],
)
def test_a_month_in_an_address_is_one_or_none(written, month):
    assert groups.month_in(written) == month
