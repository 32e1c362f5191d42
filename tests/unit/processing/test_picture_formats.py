"""Every format and oddity of pictures: what is found in a small file of each, and how it looks.

Adding a format is a module in processing/formats and a row here.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from processing import formats, photo, run
from processing.recipes.formats import HEAD_BYTES
from processing.recipes.profiles import ADOBE_RGB
from tests.pictures import moving
from tests.pictures.quarters import (
    COLOURS,
    HEIGHT,
    WIDTH,
    at,
    by_ffmpeg,
    exif,
    heic,
    heic_of_many,
    in_profile,
    png_of_16_bits,
    quarters,
    turned,
    written,
)
from tests.pictures.sensor import dng

MEDIA = Path(__file__).parent.parent.parent / "media"
LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
MAX_PIXELS = 1_000_000
LOSSLESS = {"quality": 95, "subsampling": 0}
GREY = [(value,) * 3 for value in (85, 113, 78, 197)]
OTHERS = quarters(colours=COLOURS[::-1])
P3 = Image.open(MEDIA / "display-p3.jpg").info["icc_profile"]


def look(content: bytes, folder: Path, max_pixels: int = MAX_PIXELS) -> dict[str, Any]:
    """What is found in a file and made of it, in a child as in the service."""
    (folder / "original").write_bytes(content)
    found = formats.format_of(content[:HEAD_BYTES])
    assert found is not None
    ask = str(folder / "original"), str(folder), found.name, max_pixels
    answer: dict[str, Any] = run.call(photo.make_photo, *ask, limits=LIMITS, check=lambda: None)
    return answer


def largest(found: dict[str, Any]) -> Image.Image:
    return Image.open(found["pictures"][0][3])


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters."""
    width, height = image.size
    places = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    return [at(image.convert("RGB"), *place) for place in places]


class Row(NamedTuple):
    """A file, and what is to be found in it."""

    make: Callable[[], bytes]
    format: str
    colours: Any = COLOURS
    size: tuple[int, int] = (WIDTH, HEIGHT)
    is_animated: bool = False
    is_moving: bool = False
    off_by: int = 6


def pillow(file_format: str, **options: Any) -> Callable[[], bytes]:
    return lambda: written(quarters(), file_format, **options)


def mode(name: str, file_format: str, **options: Any) -> Callable[[], bytes]:
    return lambda: written(quarters().convert(name), file_format, **options)


def few_colours(file_format: str) -> Callable[[], bytes]:
    return lambda: written(quarters().quantize(4), file_format)


def frames(file_format: str, **options: Any) -> Callable[[], bytes]:
    """Two pictures, of which the first is the one to be shown."""
    return lambda: written(
        quarters(),
        file_format,
        save_all=True,
        append_images=[quarters(colours=COLOURS[::-1])],
        duration=200,
        **options,
    )


def held(orientation: int) -> Callable[[], bytes]:
    """A JPEG of a camera that was held so."""
    return lambda: written(turned(orientation), "JPEG", exif=exif(orientation), **LOSSLESS)


def wide(profile: bytes, file_format: str, **options: Any) -> Callable[[], bytes]:
    """The same colours, said in a larger space."""
    stored = in_profile(quarters(), profile)
    return lambda: written(stored, file_format, icc_profile=profile, **options)


def clear() -> bytes:
    """Nothing but clear, which is shown as white."""
    return written(Image.new("RGBA", (WIDTH, HEIGHT), (200, 0, 0, 0)), "PNG")


def camera_jpeg(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """What the camera itself made of its picture: here other colours, to be told apart."""
    return written(quarters(width, height, COLOURS[::-1]), "JPEG", quality=95)


WHITE = [(255, 255, 255)] * 4
TABLE = {
    "jpeg": Row(pillow("JPEG", **LOSSLESS), "jpeg"),
    "jpeg, progressive": Row(pillow("JPEG", progressive=True, **LOSSLESS), "jpeg"),
    "jpeg, grey": Row(mode("L", "JPEG", quality=95), "jpeg", GREY),
    "jpeg, cmyk": Row(mode("CMYK", "JPEG", quality=95), "jpeg", off_by=70),
    "jpeg, adobe rgb by profile": Row(wide(ADOBE_RGB, "JPEG", **LOSSLESS), "jpeg"),
    "jpeg, adobe rgb by tags": Row(
        lambda: written(
            in_profile(quarters(), ADOBE_RGB), "JPEG", exif=exif(adobe_rgb=True), **LOSSLESS
        ),
        "jpeg",
    ),
    "jpeg, display p3": Row(wide(P3, "JPEG", **LOSSLESS), "jpeg"),
    "jpeg, a wide panorama": Row(
        lambda: written(quarters(2000, 60), "JPEG", **LOSSLESS), "jpeg", size=(2000, 60)
    ),
    "jpeg, a tall strip": Row(
        lambda: written(quarters(60, 2000), "JPEG", **LOSSLESS), "jpeg", size=(60, 2000)
    ),
    **{f"jpeg, orientation {way}": Row(held(way), "jpeg") for way in range(1, 9)},
    "jpeg, a film behind it": Row(moving.jpeg, "jpeg", is_moving=True),
    "jpeg, google motion photo": Row(moving.google, "jpeg", is_moving=True),
    "jpeg, its film ends like a picture": Row(moving.like_a_picture, "jpeg", is_moving=True),
    "jpeg, samsung motion photo": Row(moving.samsung, "jpeg", is_moving=True),
    "jpeg, the film was taken away": Row(moving.edited, "jpeg"),
    "png": Row(pillow("PNG"), "png"),
    "png, palette": Row(few_colours("PNG"), "png"),
    "png, 16 bits": Row(lambda: png_of_16_bits(quarters()), "png"),
    "png, grey with clear parts": Row(mode("LA", "PNG"), "png", GREY),
    "png, clear": Row(clear, "png", WHITE),
    "png, display p3": Row(wide(P3, "PNG"), "png"),
    "png, animated": Row(frames("PNG"), "png", is_animated=True),
    "gif": Row(pillow("GIF"), "gif"),
    "gif, animated": Row(frames("GIF"), "gif", is_animated=True),
    "webp": Row(pillow("WEBP", quality=95), "webp"),
    "webp, lossless": Row(pillow("WEBP", lossless=True), "webp"),
    "webp, turned": Row(lambda: written(turned(6), "WEBP", lossless=True, exif=exif(6)), "webp"),
    "webp, display p3": Row(wide(P3, "WEBP", lossless=True), "webp"),
    "webp, animated": Row(frames("WEBP", lossless=True), "webp", is_animated=True),
    "avif": Row(pillow("AVIF", quality=90, speed=10), "avif"),
    "avif, display p3": Row(wide(P3, "AVIF", quality=95, speed=10), "avif"),
    "avif, turned": Row(
        lambda: written(turned(6), "AVIF", quality=90, speed=10, exif=exif(6)), "avif"
    ),
    "avif, animated": Row(frames("AVIF", quality=90, speed=10), "avif", is_animated=True),
    "heic": Row(lambda: heic(quarters()), "heic", off_by=10),
    "heic, turned": Row(lambda: heic(turned(6), exif=exif(6)), "heic", off_by=10),
    "heic, display p3": Row(
        lambda: heic(in_profile(quarters(), P3), icc_profile=P3), "heic", off_by=10
    ),
    "heic, display p3 by number": Row(
        lambda: heic(
            in_profile(quarters(), P3),
            save_nclx_profile=True,
            color_primaries=12,
            transfer_characteristics=13,
        ),
        "heic",
        off_by=10,
    ),
    "heic, several pictures": Row(
        lambda: heic_of_many(OTHERS, quarters(), primary=1), "heic", off_by=10
    ),
    "heic, motion photo": Row(moving.heic_with_box, "heic", is_moving=True, off_by=10),
    "tiff": Row(pillow("TIFF"), "tiff"),
    "tiff, packed": Row(pillow("TIFF", compression="tiff_lzw"), "tiff"),
    "tiff, cmyk": Row(mode("CMYK", "TIFF"), "tiff", off_by=70),
    "tiff, 16 bits": Row(lambda: by_ffmpeg(quarters(), ".tiff", "-pix_fmt", "rgb48le"), "tiff"),
    "tiff, display p3": Row(wide(P3, "TIFF"), "tiff"),
    "tiff, several pages": Row(frames("TIFF"), "tiff"),
    "tiff, turned": Row(lambda: written(turned(6), "TIFF", tiffinfo={274: 6}), "tiff"),
    "bmp": Row(pillow("BMP"), "bmp"),
    "bmp, palette": Row(few_colours("BMP"), "bmp"),
    "jxl, lossless": Row(pillow("JXL", lossless=True), "jxl"),
    "jxl, lossy": Row(pillow("JXL", quality=95), "jxl", off_by=10),
    "jxl, in boxes": Row(pillow("JXL", lossless=True, use_container=True, exif=exif()), "jxl"),
    "jxl, grey": Row(mode("L", "JXL", lossless=True), "jxl", GREY),
    "jxl, clear parts": Row(mode("RGBA", "JXL", lossless=True), "jxl"),
    "jxl, animated": Row(
        lambda: by_ffmpeg(
            [quarters(), OTHERS],
            ".jxl",
            "-c:v",
            "libjxl_anim",
            "-distance",
            "0",
            "-f",
            "image2pipe",
        ),
        "jxl",
        # Of a sequence this decoder gives the last picture.
        COLOURS[::-1],
        is_animated=True,
    ),
    "raw, developed": Row(lambda: dng(quarters()), "raw", off_by=60),
    "raw, turned": Row(lambda: dng(turned(6), orientation=6), "raw", off_by=60),
    "raw, the camera's jpeg": Row(
        lambda: dng(quarters(), preview=camera_jpeg()), "raw", COLOURS[::-1]
    ),
    "raw, the camera's jpeg, turned": Row(
        lambda: dng(turned(6), orientation=6, preview=written(turned(6), "JPEG", **LOSSLESS)),
        "raw",
    ),
    "raw, the camera's jpeg too small": Row(
        lambda: dng(quarters(), preview=camera_jpeg(16, 12)), "raw", off_by=60
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_every_kind_of_picture_is_shown_as_it_is(name, tmp_path):
    row = TABLE[name]
    content = row.make()
    assert len(content) < 40_000

    found = look(content, tmp_path)

    shown = largest(found)
    off = np.abs(np.array(corners(shown)) - np.array(row.colours)).max()
    assert (found["format"], found["width"], found["height"]) == (row.format, *row.size)
    assert (found["is_animated"], bool(found["moving"])) == (row.is_animated, row.is_moving)
    assert off <= row.off_by, corners(shown)
