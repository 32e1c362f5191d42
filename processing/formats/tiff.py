"""TIFF with 1 to 32 bits: the first page. One that holds a camera's sensor is a raw file."""

import re
import struct
from pathlib import Path

from PIL import Image

from processing.formats import raw
from processing.opening import Asked, Family, Opened, open_with_vips
from processing.reasons import DAMAGED, Refused

DNG_VERSION, PHOTOMETRIC, NEW_SUBFILE_TYPE, SUB_IFDS = 50706, 262, 254, 330
COLOUR_FILTER_ARRAY = 32803


def open_tiff(asked: Asked) -> Opened:
    tags = tags_of_tiff(asked.file)
    if is_raw(tags):
        return raw.open_raw(asked, tags)
    opened = open_with_vips(asked, "tiffload")
    opened.tags, opened.is_animated = tags, False
    return opened


def tags_of_tiff(file: Path) -> Image.Exif:
    """A TIFF is one set of tags; only they tell a picture from a camera's sensor."""
    tags = Image.Exif()
    try:
        # Tags within tags are read when they are asked for; the child's end closes it.
        tags.load_from_fp(file.open("rb"))
    except (SyntaxError, ValueError, OSError, struct.error) as error:
        raise Refused(DAMAGED, f"tags: {error}") from error
    return tags


def is_raw(tags: Image.Exif) -> bool:
    """Whether there is a sensor's data, beside or instead of a small preview."""
    return (
        DNG_VERSION in tags
        or tags.get(PHOTOMETRIC) == COLOUR_FILTER_ARRAY
        or (tags.get(NEW_SUBFILE_TYPE) == 1 and SUB_IFDS in tags)
    )


FAMILY = Family("tiff", re.compile(rb"II[*+]\0|MM\0[*+]"), open_tiff)
