"""An item as a page shows it."""

import pytest

from albums import actions, pictures
from albums.models import Item
from processing.models import Job
from tests.people import job_of, photo, streamed, uploaded, video


def picture_of(item: Item, **how: bool) -> pictures.Picture:
    return pictures.of([item], **how)[0]


def test_a_photo_has_addresses_for_every_screen(alice):
    picture = picture_of(photo(alice))

    assert "image-640-v1.jpg" in picture.src
    assert [part.split()[1] for part in picture.srcset.split(", ")] == ["320w", "640w", "1280w"]
    assert len(picture.full_srcset.split(", ")) == 4
    assert "image-2560-v1.jpg" in picture.full_src
    assert (picture.full_width, picture.full_height) == (2560, 1706)
    assert "image-320-v1.jpg" in picture.thumbnail_src
    assert picture.ratio_class == "ratio-150"


def test_a_small_photo_shows_the_largest_there_is(alice):
    item = photo(alice)
    item.blob.renditions.exclude(recipe="image-320").delete()

    picture = picture_of(Item.objects.get())

    assert "image-320-v1.jpg" in picture.src
    assert "image-320-v1.jpg" in picture.full_src
    assert picture.is_small


def test_a_video_has_a_poster_and_a_duration(alice):
    picture = picture_of(video(alice))

    assert "image-640" in picture.src
    assert picture.duration_text == "1:05"


def test_a_streamed_video_has_a_preview_and_a_storyboard(alice):
    picture = picture_of(streamed(video(alice)))

    assert (picture.has_stream, picture.has_storyboard) == (True, True)
    assert "hover-v1.mp4" in picture.preview_url


def test_what_is_no_stream_yet_says_so(alice):
    picture = picture_of(photo(alice))

    assert (picture.has_stream, picture.has_storyboard) == (False, False)
    assert picture.preview_url == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0:00"), (9.6, "0:10"), (65, "1:05"), (600, "10:00"), (3725, "1:02:05"), (None, "")],
)
def test_durations_read_as_on_a_clock(seconds, text):
    assert pictures.Picture(Item(duration_seconds=seconds)).duration_text == text


@pytest.mark.parametrize(
    ("width", "height", "ratio"),
    [(3000, 2000, 150), (2000, 3000, 66), (1, 1, 100), (9000, 100, 400), (1, 900, 30), (0, 0, 100)],
)
def test_shapes_are_rounded_to_classes(width, height, ratio):
    assert pictures.Picture(Item(width=width, height=height)).ratio_class == f"ratio-{ratio}"


def test_what_nobody_has_looked_at_is_pending_and_has_no_address(alice):
    item = uploaded(alice, "beach.jpg")
    job_of(item.blob, state=Job.State.RUNNING, progress=30)

    picture = picture_of(item)

    assert picture.is_pending
    assert not picture.has_image
    assert (picture.src, picture.srcset, picture.full_src) == ("", "", "")
    assert (picture.progress, picture.ratio) == (3, 100)


def test_what_failed_says_so_and_can_still_be_downloaded(alice):
    item = uploaded(alice, "broken.jpg")
    job_of(item.blob, state=Job.State.FAILED, reason="Not one.")
    actions.note_processed(blob=item.blob)

    picture = picture_of(Item.objects.get())

    assert picture.is_failed
    assert picture.item.reason == "Not one."
    assert item.blob.key in picture.download_url


def test_an_original_that_may_not_be_had_has_no_address(alice):
    assert picture_of(photo(alice), may_download=False).download_url == ""


def test_a_screen_reader_hears_kind_day_and_name(alice):
    assert picture_of(photo(alice)).alt == "Photo of 1 July 2024, beach.jpg"
