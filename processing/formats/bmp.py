"""BMP by Pillow: libvips here reads none."""

import re

import numpy as np
from PIL import Image

from processing.opening import Asked, Family, Opened, from_pixels
from processing.reasons import DAMAGED, Refused


def open_bmp(asked: Asked) -> Opened:
    try:
        with Image.open(asked.file, formats=["BMP"]) as opened:
            asked.allow(*opened.size)
            pixels = np.asarray(opened.convert("RGB"))
    except (SyntaxError, ValueError, OSError) as error:
        raise Refused(DAMAGED, f"bmp: {error}") from error
    return Opened(from_pixels(pixels))


# Behind the size of the file stand four bytes that nobody uses.
FAMILY = Family("bmp", re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL), open_bmp)
