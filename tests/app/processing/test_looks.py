"""How a photo looks is noted when it is processed, and stays when the photo is copied or edited."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.app.processing.originals import MEDIA, processed, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]


def jpeg(image: Image.Image, **how: object) -> bytes:
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", **how)
    return out.getvalue()


def phash_of(owner, content: str | bytes) -> int | None:
    found: int | None = processed(stored(owner, content)).media_info.phash
    return found


def distance(one: int | None, other: int | None) -> int:
    assert one is not None
    assert other is not None
    return ((one ^ other) & (2**64 - 1)).bit_count()


def test_a_copy_that_is_smaller_or_worse_looks_the_same(alice):
    with Image.open(MEDIA / "gps.jpg") as photo:
        smaller = jpeg(photo.resize((photo.width // 2, photo.height // 2)))
        worse = jpeg(photo, quality=30)
    original = phash_of(alice, "gps.jpg")

    assert distance(original, phash_of(alice, smaller)) <= 6
    assert distance(original, phash_of(alice, worse)) <= 6


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_turned_photo_is_compared_upright(alice, orientation):
    upright = phash_of(alice, "orientation-1.jpg")

    assert distance(upright, phash_of(alice, f"orientation-{orientation}.jpg")) <= 6


def test_other_photos_look_different(alice):
    frame = np.random.default_rng(7).integers(0, 255, (12, 16, 3), np.uint8)
    other = jpeg(Image.fromarray(frame).resize((640, 480)))

    assert distance(phash_of(alice, "gps.jpg"), phash_of(alice, other)) > 10


def test_a_blank_picture_looks_like_nothing(alice):
    assert phash_of(alice, jpeg(Image.new("RGB", (640, 480), "white"))) is None
