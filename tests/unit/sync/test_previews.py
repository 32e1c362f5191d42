"""How files are shown: by their names, and never as anything that runs."""

import pytest

from mediashare.storage import delivery
from sync.server import previews
from sync.server.previews import LARGEST_PICTURE, Preview, preview_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JPG", Preview("picture", "image/jpeg")),
        ("film.mp4", Preview("video", "video/mp4")),
        ("song.mp3", Preview("sound", "audio/mpeg")),
        ("letter.pdf", Preview("pdf", "application/pdf")),
        ("page.html", Preview("text", "text/plain")),
        ("drawing.svg", Preview("text", "text/plain")),
        ("a.heic", Preview("made")),
        ("IMG_1.CR3", Preview("made")),
        ("film.MOV", Preview("made")),
        ("README", None),
        (".png", Preview("picture", "image/png")),
    ],
)
def test_a_name_says_how_a_file_is_shown(name, expected):
    assert preview_of(name, 10) == expected


def test_what_is_empty_is_not_shown():
    assert preview_of("a.png", 0) is None
    assert preview_of("a.mov", 0) is None


def test_of_a_picture_too_large_for_a_page_a_smaller_one_is_made():
    assert preview_of("a.png", LARGEST_PICTURE + 1) == Preview("made")


def test_no_name_is_shown_in_two_ways():
    ways = [previews.PICTURES, previews.VIDEOS, previews.SOUNDS, previews.TEXTS, previews.MADE]

    assert sum(map(len, ways)) == len(set().union(*ways))


def test_every_type_is_one_that_runs_nothing():
    types = {*previews.PICTURES.values(), *previews.VIDEOS.values(), *previews.SOUNDS.values()}

    assert types < delivery.SHOWN_TYPES
    assert not [each for each in delivery.SHOWN_TYPES if "html" in each or "svg" in each]
    with pytest.raises(ValueError, match="is not shown"):
        delivery.shown_url("k", name="a", content_type="image/svg+xml")
