"""How good pictures are beside the best that can be made, and that they tell nothing else.

The reference is slow and plain: all pixels, their colours converted, then Lanczos once.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from processing.recipes.profiles import ADOBE_RGB
from tests.pictures import moving
from tests.pictures.quarters import exif, heic, in_profile, quarters, turned, written
from tests.pictures.sensor import dng
from tests.unit.processing.test_picture_formats import MEDIA, look

PHOTO = (
    MEDIA.parent.parent / "mediashare" / "embedded" / "demo_media" / "tea-gardens-in-the-mist.jpg"
)
BLOCK = 8
# 0.01 and 0.03 of the range of 8 bits, squared (Wang et al. 2004).
STEADY_LIGHT, STEADY_CONTRAST = 6.5025, 58.5225


def similarity(one: Image.Image, other: Image.Image) -> float:
    """SSIM of the light of two pictures, over blocks of 8 by 8."""
    first, second = blocks(one), blocks(other)
    light = first.mean(axis=1), second.mean(axis=1)
    spread = first.var(axis=1), second.var(axis=1)
    together = (first * second).mean(axis=1) - light[0] * light[1]
    above = (2 * light[0] * light[1] + STEADY_LIGHT) * (2 * together + STEADY_CONTRAST)
    below = (light[0] ** 2 + light[1] ** 2 + STEADY_LIGHT) * (sum(spread) + STEADY_CONTRAST)
    return float((above / below).mean())


def blocks(image: Image.Image) -> NDArray[np.float64]:
    light = np.asarray(image.convert("L"), dtype=np.float64)
    height, width = (side // BLOCK * BLOCK for side in light.shape)
    tiles = light[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    return tiles.swapaxes(1, 2).reshape(-1, BLOCK * BLOCK)


def colours_apart(one: Image.Image, other: Image.Image) -> float:
    """How far colours are apart on average, out of 255, whatever the details are."""
    small = [image.convert("RGB").resize((32, 24), Image.Resampling.BOX) for image in (one, other)]
    first, second = (np.asarray(image, dtype=np.float64) for image in small)
    return float(np.abs(first - second).mean())


def reference(content: bytes, size: tuple[int, int]) -> Image.Image:
    opened = Image.open(io.BytesIO(content))
    profile = opened.info.get("icc_profile")
    image = ImageOps.exif_transpose(opened).convert("RGB")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
        assert converted is not None
        image = converted
    return image.resize(size, Image.Resampling.LANCZOS)


def photograph() -> Image.Image:
    return Image.open(PHOTO).convert("RGB")


SOURCES = {
    "jpeg": PHOTO.read_bytes,
    "jpeg, turned": lambda: written(
        photograph().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif(6)
    ),
    "jpeg, adobe rgb": lambda: written(
        in_profile(photograph(), ADOBE_RGB), "JPEG", quality=95, icc_profile=ADOBE_RGB
    ),
    "png": lambda: written(photograph(), "PNG", compress_level=1),
    "webp": lambda: written(photograph(), "WEBP", quality=90, method=0),
}


@pytest.mark.parametrize("name", SOURCES)
def test_each_picture_is_as_good_as_one_made_from_all_pixels(name, tmp_path):
    content = SOURCES[name]()

    made = look(content, tmp_path, max_pixels=50_000_000)["pictures"]

    assert len(made) == 4
    for recipe, width, height, path in made:
        best = reference(content, (width, height))
        # The same words of JPEG for both, so that only the way of making it smaller differs.
        body = io.BytesIO(written(best, "JPEG", quality=82))
        assert similarity(Image.open(path), Image.open(body)) > 0.985, recipe
        assert similarity(Image.open(path), best) > 0.95, recipe
        assert colours_apart(Image.open(path), best) < 1, recipe


def test_the_measures_see_a_shift_of_half_a_pixel_and_colours_not_converted():
    small = reference(PHOTO.read_bytes(), (640, 427))
    half_a_pixel = (1, 0, 0.5, 0, 1, 0)
    shifted = small.transform(
        small.size, Image.Transform.AFFINE, half_a_pixel, Image.Resampling.BICUBIC
    )

    assert similarity(small, small) == 1
    assert similarity(small, shifted) < 0.95
    assert colours_apart(small, small) == 0
    assert colours_apart(small, in_profile(small, ADOBE_RGB)) > 2


TELLING = {
    "jpeg": lambda: written(turned(6), "JPEG", exif=exif(6), xmp=b"<x>Secret</x>"),
    "png": lambda: written(quarters(), "PNG", exif=exif()),
    "webp": lambda: written(quarters(), "WEBP", exif=exif(), xmp=b"<x>Secret</x>"),
    "avif": lambda: written(quarters(), "AVIF", speed=10, exif=exif(), xmp=b"<x>Secret</x>"),
    "heic": lambda: heic(quarters(), exif=exif(), xmp=b"<x>Secret</x>"),
    "tiff": lambda: written(quarters(), "TIFF", exif=exif()),
    "jxl": lambda: written(quarters(), "JXL", use_container=True, exif=exif()),
    "jxl, a jpeg": lambda: written(quarters(), "JXL", lossless=True, exif=exif()),
    "raw": lambda: dng(quarters(), preview=written(quarters(), "JPEG", exif=exif())),
    "moving photo": lambda: moving.jpeg(moving.FILM),
}


@pytest.mark.parametrize("name", TELLING)
def test_no_picture_tells_where_it_was_taken_or_with_what(name, tmp_path):
    content = TELLING[name]()
    assert b"Secret" in content

    for _, _, _, path in look(content, tmp_path)["pictures"]:
        body = Path(path).read_bytes()
        shown = Image.open(path)
        assert not any(word in body for word in (b"Exif", b"Secret", b"Acme", b"http", b"ICC_"))
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
