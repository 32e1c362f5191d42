"""WebP, still or moving."""

import re

from processing.opening import Asked, Family, Opened, open_with_vips


def open_webp(asked: Asked) -> Opened:
    return open_with_vips(asked, "webpload")


FAMILY = Family("webp", re.compile(rb"RIFF....WEBP", re.DOTALL), open_webp)
