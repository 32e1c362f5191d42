"""Cursors say exactly where a page ended."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albums.cursors import Cursor, CursorIsMalformed


@given(when=st.datetimes(timezones=st.just(UTC)), row_id=st.uuids())
def test_a_cursor_comes_back_exact_to_the_microsecond(when, row_id):
    cursor = Cursor.decode(Cursor.at_time(when, row_id).encode())

    assert (cursor.time, cursor.id) == (when, row_id)


@given(rank=st.integers(-(2**63), 2**63 - 1), tie=st.integers(0, 2**63 - 1))
def test_a_position_comes_back_as_it_was(rank, tie):
    assert Cursor.decode(Cursor(rank, tie).encode()) == Cursor(rank, tie)


@given(word=st.text())
def test_any_other_word_is_refused_in_one_way(word):
    try:
        Cursor.decode(word)
    except CursorIsMalformed:
        return
    assert len(word.encode()) >= 32


def test_a_time_outside_the_calendar_is_refused():
    cursor = Cursor(rank=2**62, tie=0)

    with pytest.raises(CursorIsMalformed):
        cursor.time  # noqa: B018


def test_a_cursor_needs_no_escaping_in_an_address():
    word = Cursor.at_time(datetime(2024, 7, 1, tzinfo=UTC), uuid.UUID(int=2**128 - 1)).encode()

    assert word.replace("-", "").replace("_", "").isalnum()
