"""AVIF by libvips: the primary picture. Of a sequence the first one, by Pillow."""

import numpy as np
from PIL import Image, ImageOps

from processing.opening import Asked, Family, Opened, from_pixels, open_with_vips, tags_in
from processing.reasons import DAMAGED, Refused
from processing.recipes.formats import HEAD_BYTES, brands_of


def open_avif(asked: Asked) -> Opened:
    with asked.file.open("rb") as file:
        is_sequence = b"avis" in brands_of(file.read(HEAD_BYTES))
    return _open_sequence(asked) if is_sequence else open_with_vips(asked, "heifload")


def _open_sequence(asked: Asked) -> Opened:
    """libvips takes no file whose first word is `avis`."""
    try:
        with Image.open(asked.file, formats=["AVIF"]) as opened:
            asked.allow(opened.width, opened.height, getattr(opened, "n_frames", 1))
            first = ImageOps.exif_transpose(opened)
            profile, exif = opened.info.get("icc_profile"), opened.info.get("exif", b"")
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise Refused(DAMAGED, f"avif: {error}") from error
    pixels = from_pixels(np.asarray(first.convert("RGB")), profile=profile)
    return Opened(pixels, is_animated=True, tags=tags_in(exif))


FAMILY = Family("avif", None, open_avif, frozenset([b"avif", b"avis"]))
