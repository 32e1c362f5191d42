"""Camera raw by LibRaw: the camera's own JPEG in it when that is large enough, else developed.

The camera's JPEG looks as the photographer saw it, and costs a tenth. Formats that begin as
a TIFF come here from `tiff`.
"""

import re
from dataclasses import replace
from typing import Any

from PIL import Image
from PIL.ExifTags import Base

from processing.formats import jpeg
from processing.opening import Asked, Family, Opened, from_pixels
from processing.reasons import DAMAGED, TOO_MUCH_MEMORY, Refused
from processing.recipes.pictures import pictures

# How LibRaw says a picture lies, and how EXIF does.
ORIENTATIONS = {3: 3, 5: 8, 6: 6}
SIDEWAYS = {5, 6}
START_OF_JPEG = b"\xff\xd8"


def open_raw(asked: Asked, tags: Image.Exif | None = None) -> Opened:
    # Few files need it.
    import rawpy  # noqa: PLC0415

    try:
        with rawpy.imread(str(asked.file)) as raw:
            asked.allow(raw.sizes.raw_width, raw.sizes.raw_height)
            width, height = _upright_size(raw)
            needed = pictures(width, height)[-1].width
            opened = _preview(raw, asked, needed) or _developed(raw, needed)
    except rawpy.LibRawUnsufficientMemoryError as error:
        raise Refused(TOO_MUCH_MEMORY, f"LibRaw: {error}") from error
    except rawpy.LibRawError as error:
        raise Refused(DAMAGED, f"LibRaw: {error}") from error
    opened.format, opened.width, opened.height = "raw", width, height
    opened.tags = tags or opened.tags
    return opened


def _upright_size(raw: Any) -> tuple[int, int]:
    sizes = raw.sizes
    return (sizes.height, sizes.width) if sizes.flip in SIDEWAYS else (sizes.width, sizes.height)


def _preview(raw: Any, asked: Asked, needed: int) -> Opened | None:
    """The camera's JPEG, if no picture made of it would be smaller than one of the sensor."""
    import rawpy  # noqa: PLC0415

    try:
        found = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if found.format != rawpy.ThumbFormat.JPEG or not found.data.startswith(START_OF_JPEG):
        return None
    file = asked.folder / "preview.jpg"
    file.write_bytes(found.data)
    opened = jpeg.open_jpeg(replace(asked, file=file))
    orientation = ORIENTATIONS.get(raw.sizes.flip)
    if orientation and Base.Orientation not in opened.tags:
        file.write_bytes(_turned(found.data, orientation))
        opened = jpeg.open_jpeg(replace(asked, file=file))
    opened.moving = None
    width = opened.image.height if raw.sizes.flip in SIDEWAYS else opened.image.width
    return opened if width >= needed else None


def _turned(written: bytes, orientation: int) -> bytes:
    """The same JPEG saying how it lies, so that libvips can still shrink it as it decodes."""
    tags = Image.Exif()
    tags[Base.Orientation] = orientation
    body = tags.tobytes()
    return START_OF_JPEG + b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body + written[2:]


def _developed(raw: Any, needed: int) -> Opened:
    """From the sensor, with half the lines when those are enough: a sixth of the work."""
    is_enough = min(raw.sizes.width, raw.sizes.height) // 2 >= needed
    pixels = raw.postprocess(use_camera_wb=True, half_size=is_enough)
    return Opened(from_pixels(pixels))


FAMILY = Family(
    "raw",
    re.compile(
        rb"II\*\0\x10\0\0\0CR"  # Canon, before its files were made of boxes
        rb"|II(RO|RS|U\0)|MMOR"  # Olympus and OM, Panasonic
        rb"|FUJIFILMCCD-RAW|FOVb|\0MRM"  # Fujifilm, Sigma, Minolta
    ),
    open_raw,
    frozenset([b"crx "]),
)
