"""Which sizes a picture is made in."""

from hypothesis import given
from hypothesis import strategies as st

from processing.recipes.pictures import TALLEST, Picture, key, pictures


def test_a_phone_photo_comes_in_every_width():
    assert pictures(4032, 3024) == [
        Picture("image-320", 320, 240),
        Picture("image-640", 640, 480),
        Picture("image-1280", 1280, 960),
        Picture("image-2560", 2560, 1920),
    ]


def test_a_small_photo_is_never_enlarged_and_ends_with_its_own_size():
    assert pictures(1000, 500) == [
        Picture("image-320", 320, 160),
        Picture("image-640", 640, 320),
        Picture("image-1280", 1000, 500),
    ]


def test_a_tiny_picture_has_one_rendition():
    assert pictures(16, 16) == [Picture("image-320", 16, 16)]


def test_heights_come_from_the_original_so_that_they_are_rounded_once():
    assert pictures(3024, 4032)[-1] == Picture("image-2560", 2560, 3413)
    assert pictures(3024, 4032)[-2] == Picture("image-1280", 1280, 1707)


def test_a_very_tall_screenshot_is_bounded_by_its_height():
    assert pictures(1000, 30000)[0] == Picture("image-320", 42, 1260)


@given(st.integers(1, 60000), st.integers(1, 60000))
def test_any_size_gives_pictures_that_grow_and_fit(width, height):
    made = pictures(width, height)

    assert made
    assert all(0 < picture.width <= width for picture in made)
    assert all(picture.height <= max(height, 1) for picture in made)
    assert sorted(made, key=lambda picture: picture.width) == made
    assert all(picture.width * picture.height <= TALLEST * 2560 * 2561 for picture in made)


def test_a_key_says_blob_recipe_and_version():
    assert key("b1", "image-640", 1, "jpg") == "renditions/b1/image-640-v1.jpg"
