"""What an item may be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albums import names


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("beach.jpg", "beach.jpg"),
        ("  two\n lines\x00.jpg ", "two lines .jpg"),
        ("", "Untitled"),
        ("\u202egpj.exe", "gpj.exe"),
        ("x" * 300 + ".jpeg", "x" * 250 + ".jpeg"),
    ],
)
def test_a_name_becomes_one_readable_line(given_name, cleaned):
    assert names.clean(given_name) == cleaned


@given(st.text(max_size=600))
def test_a_clean_name_is_short_printable_and_stays_as_it_is(name):
    cleaned = names.clean(name)

    assert 0 < len(cleaned) <= 255
    assert cleaned.isprintable()
    assert names.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("IMG_1.JPG", "Beach", "Beach.JPG"),
        ("IMG_1.JPG", "Beach.jpg", "Beach.jpg"),
        ("IMG_1.JPG", "Beach.png", "Beach.png.JPG"),
        ("scan", "Letter", "Letter"),
        ("Dr. Who", "The Doctor", "The Doctor"),
    ],
)
def test_a_renamed_item_still_says_what_kind_of_file_it_is(old, new, kept):
    assert names.keep_suffix(old=old, new=new) == kept
