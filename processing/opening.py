"""What every reader of a picture format is asked and gives, and how libvips is set up.

For children only. Readers look at a header and refuse before anything is decoded; they make
no picture themselves.
"""

import logging
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple

os.environ.update(
    VIPS_CONCURRENCY="1",  # A worker has as many processes as the machine has cores.
    VIPS_BLOCK_UNTRUSTED="1",  # No SVG, no matrices, no formats that only tools use.
    VIPS_MAX_COORD="100000",
    VIPS_WARNING="0",
)

import numpy as np
import pyvips
from PIL import Image

from processing.reasons import NOT_MEDIA, TOO_LONG, TOO_MANY_PIXELS, Refused
from processing.recipes.motion import Extent, moving_part

# libvips tells each step of its work.
logging.getLogger("pyvips").setLevel(logging.WARNING)
# Pillow has a limit of its own, below what phones of 200 megapixels make. Here sizes are
# found to be allowed before it is asked for pixels.
Image.MAX_IMAGE_PIXELS = None
# Pillow's readers are imported once here; a child that must do it itself takes 100 ms longer.
Image.init()

# An animation may hold so many times the pixels that one picture may.
LONGEST_ANIMATION = 50
# What numbers mean, by whether there are colours and how they are written.
MEANINGS = {
    (False, "uchar"): "b-w",
    (False, "ushort"): "grey16",
    (True, "uchar"): "srgb",
    (True, "ushort"): "rgb16",
}


@dataclass(frozen=True)
class Asked:
    """A file to open, a folder for what is taken out of it, and how many pixels are allowed."""

    file: Path
    folder: Path
    max_pixels: int

    def allow(self, width: int, height: int, frames: int = 1) -> None:
        """Ask before decoding. Raises Refused when it would be too much."""
        if width * height > self.max_pixels:
            raise Refused(TOO_MANY_PIXELS, f"{width}x{height}")
        if width * height * frames > self.max_pixels * LONGEST_ANIMATION:
            raise Refused(TOO_LONG, f"{frames} frames of {width}x{height}")


@dataclass
class Opened:
    """A picture ready to be made smaller.

    `image` is the header when libvips is to shrink `file` while it decodes, else all pixels.
    `width` and `height` are those of the original, upright, where only its preview was opened.
    `profile` says what the pixels mean where the file itself does not: a name or a file.
    """

    image: Any
    file: Path | None = None
    format: str = ""
    width: int = 0
    height: int = 0
    profile: str = ""
    is_animated: bool = False
    moving: Extent | None = None
    tags: Image.Exif = field(default_factory=Image.Exif)
    xmp: bytes = b""
    iptc: bytes = b""


class Family(NamedTuple):
    """Files that begin alike, or name a brand in their first box, and are opened alike."""

    name: str
    begins: re.Pattern[bytes] | None
    open: Callable[[Asked], Opened]
    brands: frozenset[bytes] = frozenset()


def open_with_vips(asked: Asked, *loaders: str) -> Opened:
    """For what libvips reads, by the reader that the first bytes promised."""
    head = pyvips.Image.new_from_file(str(asked.file))
    loader = head.get("vips-loader")
    if loader not in loaders:
        raise Refused(NOT_MEDIA, f"{loaders[0]} was expected, not {loader}")
    frames = head.get("n-pages") if head.get_typeof("n-pages") else 1
    asked.allow(head.width, head.height, frames if "gif" in loader or "webp" in loader else 1)
    return Opened(
        head,
        asked.file,
        is_animated=frames > 1,
        tags=tags_in(block_in(head, "exif-data")),
        xmp=block_in(head, "xmp-data"),
        iptc=block_in(head, "iptc-data"),
    )


def moving_part_of(file: Path) -> Extent | None:
    """Where the film of a moving photo lies in it."""
    with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as data:
        return moving_part(data)


def from_pixels(pixels: Any, *, profile: bytes | None = None) -> Any:
    """An image of libvips from an array of rows, columns and bands."""
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels))
    image = image.copy(interpretation=MEANINGS[image.bands > 2, image.format])
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def block_in(head: Any, name: str) -> bytes:
    """Metadata that libvips hands on as it found them."""
    return bytes(head.get(name)) if head.get_typeof(name) else b""


def tags_in(written: bytes) -> Image.Exif:
    """Tags by themselves: Pillow would decode a whole PNG to find some, and refuses more files."""
    tags = Image.Exif()
    try:
        tags.load(written)
    except (SyntaxError, ValueError, OSError, struct.error):
        return Image.Exif()
    return tags
