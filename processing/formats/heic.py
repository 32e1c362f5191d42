"""HEIC and HEIF by libheif, since libvips here has no HEVC decoder: the primary picture.

libheif puts tiles together and turns the picture upright as it decodes.
"""

import numpy as np
import pillow_heif

from processing.opening import Asked, Family, Opened, from_pixels, moving_part_of, tags_in
from processing.reasons import DAMAGED, Refused

DISPLAY_P3 = 12  # The primaries of ISO/IEC 23091-2.


def open_heic(asked: Asked) -> Opened:
    try:
        opened = pillow_heif.open_heif(asked.file, convert_hdr_to_8bit=True)
        asked.allow(*opened.size)
        pixels = np.asarray(opened)
    except (ValueError, EOFError, OSError, RuntimeError, SyntaxError) as error:
        raise Refused(DAMAGED, f"libheif: {error}") from error
    profile = opened.info.get("icc_profile")
    written = (opened.info.get("nclx_profile") or {}).get("color_primaries")
    return Opened(
        from_pixels(pixels, profile=profile),
        profile="p3" if written == DISPLAY_P3 else "",
        moving=moving_part_of(asked.file),
        tags=tags_in(opened.info.get("exif") or b""),
        xmp=opened.info.get("xmp") or b"",
    )


BRANDS = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]
FAMILY = Family("heic", None, open_heic, frozenset(BRANDS))
