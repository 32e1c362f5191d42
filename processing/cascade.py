"""Make the pictures of an opened photo: decode once, each from the next larger one.

For children only. libvips shrinks while it decodes, and only when a colour profile asks for
it are colours converted. No metadata survives in a picture.
"""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from processing.opening import Opened
from processing.recipes import pictures as recipe
from processing.recipes.phash import SIDE, phash
from processing.recipes.profiles import is_srgb
from processing.recipes.thumbhash import LONGEST_SIDE, thumbhash

WHITE = [255, 255, 255]
SIDEWAYS = {5, 6, 7, 8}


def make_pictures(
    opened: Opened,
    target: Path,
    *,
    tell: Callable[[dict[str, Any]], object] = lambda told: None,
) -> dict[str, Any]:
    """Write every picture into a folder; their sizes, and what the smallest one tells."""
    width, height = _upright_size(opened.image)
    wanted = recipe.pictures(width, height)
    made = []
    for picture, image in zip(reversed(wanted), _cascade(opened, wanted), strict=True):
        path = target / f"{picture.recipe}.jpg"
        image.jpegsave(str(path), Q=recipe.QUALITY, keep="none")
        made.append([picture.recipe, image.width, image.height, str(path)])
        tell({"recipe": picture.recipe, "size": [image.width, image.height]})
    return {
        "width": opened.width or width,
        "height": opened.height or height,
        "pictures": made,
        **_seen_in(image),
    }


def _seen_in(smallest: Any) -> dict[str, Any]:
    """What is computed from the 320 pixel picture while it is in memory."""
    # By Pillow: for so few pixels each step of libvips costs more than its work.
    picture = Image.fromarray(smallest.numpy())
    greys = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    # Mostly by plain means, a third of the cost: of a blur in 25 bytes nobody sees it.
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=1.0)
    return {
        "thumbhash": base64.b64encode(thumbhash(np.asarray(picture))).decode(),
        "phash": phash(np.asarray(greys)),
    }


def _cascade(opened: Opened, wanted: list[recipe.Picture]) -> Iterator[Any]:
    """The pictures, largest first, each in memory and made from the one before."""
    *smaller, largest = wanted
    current = _plain(_shrink(opened, largest)).copy_memory()
    yield current
    for picture in reversed(smaller):
        current = _smaller(current, picture).copy_memory()
        yield current


def _smaller(image: Any, picture: recipe.Picture) -> Any:
    if (image.width, image.height) == (2 * picture.width, 2 * picture.height):
        # The mean of four pixels: a third of what a filter costs, and nobody sees which it was.
        return image.shrink(2, 2)
    return image.thumbnail_image(picture.width, height=picture.height, size="force")


def _shrink(opened: Opened, picture: recipe.Picture) -> Any:
    """The first and dearest step, from the file where libvips reads it."""
    asked = {"height": picture.height, "size": "force", **_colour(opened)}
    if opened.file is None:
        return opened.image.thumbnail_image(picture.width, **asked)
    # libtiff calls it an error when the end is missing.
    fail_on = "error" if opened.image.get("vips-loader") == "tiffload" else "truncated"
    return type(opened.image).thumbnail(str(opened.file), picture.width, fail_on=fail_on, **asked)


def _colour(opened: Opened) -> dict[str, Any]:
    """Converting costs; asked of an untagged picture it costs twelve times as much."""
    if opened.image.get_typeof("icc-profile-data"):
        is_plain = is_srgb(opened.image.get("icc-profile-data"))
        return {} if is_plain else {"export_profile": "srgb"}
    if opened.profile:
        return {"input_profile": opened.profile, "export_profile": "srgb"}
    return {}


def _plain(image: Any) -> Any:
    """Three bands of 8 bits, upon white, without the profile that has been applied."""
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.hasalpha():
        image = image.flatten(background=WHITE)
    if image.get_typeof("icc-profile-data"):
        image = image.copy()
        image.remove("icc-profile-data")
    return image.cast("uchar")


def _upright_size(image: Any) -> tuple[int, int]:
    lies = image.get_typeof("orientation") and image.get("orientation") in SIDEWAYS
    return (image.height, image.width) if lies else (image.width, image.height)
