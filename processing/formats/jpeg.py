"""JPEG, also with a gain map or several pictures in it: the first one."""

import os
import re
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD

from processing.opening import Asked, Family, Opened, moving_part_of, open_with_vips
from processing.recipes.profiles import ADOBE_RGB

COLOUR_SPACE, INTEROPERABILITY = 0xA001, 0x0001
UNCALIBRATED = 0xFFFF
END_OF_IMAGE = b"\xff\xd9"
SAYS_IT_MOVES = re.compile(b"MotionPhoto|MicroVideo")


def open_jpeg(asked: Asked) -> Opened:
    opened = open_with_vips(asked, "jpegload", "uhdrload")
    opened.is_animated = False
    if _goes_on(asked.file) or SAYS_IT_MOVES.search(opened.xmp):
        opened.moving = moving_part_of(asked.file)
    if not opened.image.get_typeof("icc-profile-data") and _is_adobe_rgb(opened.tags):
        opened.profile = str(asked.folder / "adobe-rgb.icc")
        (asked.folder / "adobe-rgb.icc").write_bytes(ADOBE_RGB)
    return opened


def _goes_on(file: Path) -> bool:
    """Whether something follows the pictures. To look for a film in all of it takes far longer."""
    with file.open("rb") as opened:
        opened.seek(-len(END_OF_IMAGE), os.SEEK_END)
        return opened.read() != END_OF_IMAGE


def _is_adobe_rgb(tags: Image.Exif) -> bool:
    """Cameras say it in two tags and leave the profile out (DCF 2.0, optional colour space)."""
    inner = tags.get_ifd(IFD.Exif)
    if inner.get(COLOUR_SPACE) != UNCALIBRATED or IFD.Interop not in inner:
        return False
    return str(tags.get_ifd(IFD.Interop).get(INTEROPERABILITY, "")).startswith("R03")


FAMILY = Family("jpeg", re.compile(rb"\xff\xd8\xff"), open_jpeg)
