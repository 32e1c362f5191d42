"""JPEG XL by libjxl, in the wheel of pillow-jxl-plugin, which turns it upright as it decodes.

That decoder cannot look at the header alone, so the size is read from its bits first. A
JPEG that was packed into one comes out as it was, and is opened as such.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image
from PIL.ExifTags import Base

from processing.formats import jpeg
from processing.opening import Asked, Family, Opened, from_pixels, tags_in
from processing.reasons import DAMAGED, Refused
from processing.recipes import jxl

BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 1, "F": 1}


def open_jxl(asked: Asked) -> Opened:
    # Few files need it.
    import pillow_jxl  # noqa: PLC0415

    written = asked.file.read_bytes()
    header = jxl.header(written)
    if header is None:
        raise Refused(DAMAGED, "no header of JPEG XL")
    asked.allow(header.width, header.height)
    try:
        is_jpeg, info, body, profile, boxes = pillow_jxl.Decoder(num_threads=0)(written)
    except (RuntimeError, ValueError, OSError) as error:
        raise Refused(DAMAGED, f"libjxl: {error}") from error
    if is_jpeg:
        unpacked = asked.folder / "unpacked.jpg"
        unpacked.write_bytes(body)
        return jpeg.open_jpeg(replace(asked, file=unpacked))
    return Opened(
        from_pixels(_pixels(info, body), profile=profile),
        is_animated=header.is_animated,
        tags=_tags(boxes),
        xmp=_box(boxes, b"xml "),
    )


def _pixels(info: Any, body: bytes) -> Any:
    depth = {"I;16": np.uint16, "F": np.float32}.get(info.mode, np.uint8)
    pixels = np.frombuffer(body, depth).reshape(info.height, info.width, BANDS[info.mode])
    return (pixels.clip(0, 1) * 255).astype(np.uint8) if info.mode == "F" else pixels


def _tags(boxes: Sequence[Any]) -> Image.Exif:
    """Without the orientation, which has been applied; four bytes say where they begin."""
    written = _box(boxes, b"Exif")
    tags = tags_in(written[4 + int.from_bytes(written[:4]) :])
    tags.pop(Base.Orientation, None)
    return tags


def _box(boxes: Sequence[Any], kind: bytes) -> bytes:
    return next((bytes(box.data) for box in boxes if box.box_type == kind), b"")


FAMILY = Family("jxl", re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"), open_jxl)
