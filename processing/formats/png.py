"""PNG with 1 to 16 bits, and APNG: the first picture, and that it moves."""

import re

from processing.opening import Asked, Family, Opened, open_with_vips

# The chunk that makes it an animation stands before the first pixels.
HEADER_BYTES = 65536


def open_png(asked: Asked) -> Opened:
    opened = open_with_vips(asked, "pngload")
    with asked.file.open("rb") as file:
        before_pixels = file.read(HEADER_BYTES).partition(b"IDAT")[0]
    opened.is_animated = b"acTL" in before_pixels
    return opened


FAMILY = Family("png", re.compile(rb"\x89PNG\r\n\x1a\n"), open_png)
