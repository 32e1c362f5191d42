"""GIF, still or moving."""

import re

from processing.opening import Asked, Family, Opened, open_with_vips


def open_gif(asked: Asked) -> Opened:
    return open_with_vips(asked, "gifload")


FAMILY = Family("gif", re.compile(rb"GIF8[79]a"), open_gif)
