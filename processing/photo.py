"""Look at a photo and make its pictures. Runs in a child only: it decodes strangers' files.

libvips shrinks while it decodes, and each picture is made from the next larger one; only
when a colour profile asks for it are colours converted. No metadata survives in a picture.
"""

import base64
import logging
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.update(
    VIPS_CONCURRENCY="1",  # A worker has as many processes as the machine has cores.
    VIPS_BLOCK_UNTRUSTED="1",  # No SVG, no matrices, no formats that only tools use.
    VIPS_MAX_COORD="100000",
    VIPS_WARNING="0",
)

import numpy as np
import pillow_heif
import pyvips
from PIL import Image

from processing import exif
from processing.reasons import (
    DAMAGED,
    ENDS_EARLY,
    NOT_MEDIA,
    RAW,
    TOO_MANY_PIXELS,
    TOO_MUCH_MEMORY,
    Refused,
)
from processing.recipes import pictures as recipe
from processing.recipes.formats import HEIC, TIFF, Format
from processing.recipes.profiles import is_srgb
from processing.recipes.thumbhash import LONGEST_SIDE, thumbhash

# libvips tells each step of its work.
logging.getLogger("pyvips").setLevel(logging.WARNING)
# Pillow has a limit of its own, below what phones of 200 megapixels make. Here it reads no more
# than the tags of a TIFF whose size was found to be allowed.
Image.MAX_IMAGE_PIXELS = None
# Pillow's readers are imported once here; a child that must do it itself takes 100 ms longer.
Image.init()

WHITE = [255, 255, 255]
LOADERS = {
    "jpeg": {"jpegload", "uhdrload"},
    "png": {"pngload"},
    "webp": {"webpload"},
    "gif": {"gifload"},
    "tiff": {"tiffload"},
    "avif": {"heifload"},
}


def make_photo(source: str, target: str, format_: list[str], max_pixels: int) -> dict[str, Any]:
    """The facts of a photo, and its pictures as files in the folder `target`."""
    photo_format = Format(*format_)
    pyvips.cache_set_max(0)
    try:
        image, facts = _open(source, photo_format, max_pixels)
        made = _make(image, source, Path(target))
    except pyvips.Error as error:
        raise _refusal(str(error)) from error
    return {"kind": "photo", "format": photo_format.name, "codec": "", **facts, **made}


def make_poster(source: str, target: str) -> dict[str, Any]:
    """Pictures and placeholder of a frame that ffmpeg wrote."""
    pyvips.cache_set_max(0)
    return _make(None, source, Path(target))


def _open(source: str, format_: Format, max_pixels: int) -> tuple[Any, dict[str, Any]]:
    """The decoded image where libvips needs help, and what the camera wrote."""
    if format_ == HEIC:
        return _open_heic(source, max_pixels)
    head = pyvips.Image.new_from_file(source)
    if head.get("vips-loader") not in LOADERS[format_.name]:
        raise Refused(NOT_MEDIA, f"{format_.name} would be read by {head.get('vips-loader')}")
    _limit(head.width, head.height, max_pixels)
    tags = _tags_of_tiff(source) if format_ == TIFF else _tags(_exif_in(head))
    if format_ == TIFF and exif.is_raw(tags):
        raise Refused(RAW, "TIFF with sensor data")
    return None, exif.facts_of(tags)


def _open_heic(source: str, max_pixels: int) -> tuple[Any, dict[str, Any]]:
    """libvips here has no HEVC decoder; libheif turns the picture upright as it decodes."""
    try:
        opened = pillow_heif.open_heif(source, convert_hdr_to_8bit=True)
        _limit(opened.size[0], opened.size[1], max_pixels)
        pixels = np.asarray(opened)
    except (ValueError, EOFError, OSError, RuntimeError) as error:
        raise Refused(DAMAGED, f"libheif: {error}") from error
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels), interpretation="srgb")
    profile = opened.info.get("icc_profile")
    if profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image, exif.facts_of(_tags(opened.info.get("exif") or b""))


def _exif_in(head: Any) -> bytes:
    return bytes(head.get("exif-data")) if head.get_typeof("exif-data") else b""


def _tags(written: bytes) -> Image.Exif:
    """Tags by themselves: Pillow would decode a whole PNG to find some, and refuses more files."""
    tags = Image.Exif()
    try:
        tags.load(written)
    except (SyntaxError, ValueError, OSError, struct.error):
        return Image.Exif()
    return tags


def _tags_of_tiff(source: str) -> Image.Exif:
    """A TIFF is one set of tags; only they tell a picture from a camera's sensor."""
    try:
        with Image.open(source, formats=["TIFF"]) as opened:
            tags: Image.Exif = opened.getexif()
    except (SyntaxError, ValueError, OSError) as error:
        raise Refused(DAMAGED, f"tags: {error}") from error
    return tags


def _limit(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise Refused(TOO_MANY_PIXELS, f"{width}x{height}")


def _make(image: Any, source: str, target: Path) -> dict[str, Any]:
    """Write every picture, and the placeholder from the smallest."""
    width, height = _upright_size(image or pyvips.Image.new_from_file(source))
    wanted = recipe.pictures(width, height)
    made = []
    for picture, smaller in zip(reversed(wanted), _cascade(image, source, wanted), strict=True):
        path = target / f"{picture.recipe}.jpg"
        smaller.jpegsave(str(path), Q=recipe.QUALITY, keep="none")
        made.append([picture.recipe, smaller.width, smaller.height, str(path)])
    return {
        "width": width,
        "height": height,
        "pictures": made,
        "thumbhash": _placeholder(smaller),
    }


def _cascade(image: Any, source: str, wanted: list[recipe.Picture]) -> Iterator[Any]:
    """The pictures, largest first, each in memory and made from the one before."""
    current = image
    for picture in reversed(wanted):
        current = _shrink(current, source, picture)
        current = current.copy_memory()
        yield current


def _shrink(image: Any, source: str, picture: recipe.Picture) -> Any:
    size = {"height": picture.height, "size": "force"}
    if image is None:
        head = pyvips.Image.new_from_file(source)
        # libtiff calls it an error when the end is missing.
        fail_on = "error" if head.get("vips-loader") == "tiffload" else "truncated"
        small = pyvips.Image.thumbnail(
            source, picture.width, fail_on=fail_on, **size, **_colour(head)
        )
    else:
        small = image.thumbnail_image(picture.width, **size, **_colour(image))
    return _plain(small)


def _colour(image: Any) -> dict[str, Any]:
    """Converting costs; asked of an untagged picture it costs twelve times as much."""
    if not image.get_typeof("icc-profile-data"):
        return {}
    return {} if is_srgb(image.get("icc-profile-data")) else {"export_profile": "srgb"}


def _plain(image: Any) -> Any:
    """Three bands of 8 bits, upon white, without the profile that has been applied."""
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.hasalpha():
        image = image.flatten(background=WHITE)
    if image.get_typeof("icc-profile-data"):
        image = image.copy()
        image.remove("icc-profile-data")
    return image.cast("uchar")


def _placeholder(image: Any) -> str:
    tiny = image.thumbnail_image(LONGEST_SIDE, height=LONGEST_SIDE, size="down")
    return base64.b64encode(thumbhash(tiny.numpy())).decode()


def _upright_size(image: Any) -> tuple[int, int]:
    lies = image.get_typeof("orientation") and image.get("orientation") in {5, 6, 7, 8}
    return (image.height, image.width) if lies else (image.width, image.height)


def _refusal(message: str) -> Refused:
    said = message.lower()
    if "out of memory" in said or "unable to allocate" in said:
        return Refused(TOO_MUCH_MEMORY, message)
    ends_early = any(word in said for word in ("truncated", "premature", "end of file", "eof"))
    return Refused(ENDS_EARLY if ends_early else DAMAGED, message)
