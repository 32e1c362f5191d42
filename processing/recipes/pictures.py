"""Which pictures to make of a photo or poster, and where they are kept. Pure."""

from typing import NamedTuple

# A change in how pictures look gets a new number, so that old addresses stay immutable.
VERSION = 1
WIDTHS = (320, 640, 1280, 2560)
RECIPES = frozenset(f"image-{width}" for width in WIDTHS)
QUALITY = 82
# Of a very tall picture, as a screenshot of a whole page, the height decides.
TALLEST = 4


class Picture(NamedTuple):
    """One picture to make: its recipe's name and exact size in pixels."""

    recipe: str
    width: int
    height: int


def pictures(width: int, height: int) -> list[Picture]:
    """The pictures for an upright original of this size, smallest first, never enlarged.

    A recipe's width is the picture's width, so that it can stand in `srcset`. The last one
    has the original's own width when that is less than its recipe says.
    """
    made = []
    for wanted in WIDTHS:
        room = min(wanted, TALLEST * wanted * width // height)
        fitting = max(1, min(room, width))
        # From the original's size each time: rounding twice shifts a picture by half a row.
        made.append(Picture(f"image-{wanted}", fitting, max(1, round(height * fitting / width))))
        if room >= width:
            break
    return made


def key(blob_id: object, recipe: str, version: int, extension: str) -> str:
    """Where a rendition is kept. The same blob and recipe always give the same key."""
    return f"renditions/{blob_id}/{recipe}-v{version}.{extension}"
