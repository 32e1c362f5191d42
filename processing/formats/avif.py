"""AVIF by libvips: the primary picture, and whether there is a sequence."""

from processing.opening import Asked, Family, Opened, open_with_vips
from processing.recipes.formats import HEAD_BYTES, brands_of


def open_avif(asked: Asked) -> Opened:
    opened = open_with_vips(asked, "heifload")
    with asked.file.open("rb") as file:
        opened.is_animated = b"avis" in brands_of(file.read(HEAD_BYTES))
    return opened


FAMILY = Family("avif", None, open_avif, frozenset([b"avif", b"avis"]))
