"""Facts of a photo from its tags, as Pillow reads them, and what programs wrote beside them.

Runs in a child only.
"""

from typing import Any

from PIL.ExifTags import IFD
from PIL.Image import Exif

from processing.recipes.facts import gathering

XMP, IPTC = 700, 33723


def facts_of(tags: Exif, *, xmp: bytes = b"", iptc: bytes = b"") -> dict[str, Any]:
    """When, where, with what and what for, ready for JSON; `xmp` and `iptc` as in the file."""
    inner, gps = tags.get_ifd(IFD.Exif), tags.get_ifd(IFD.GPSInfo)
    # A TIFF, and so most camera raw, keeps the other two among its tags.
    packet, block = xmp or tags.get(XMP), iptc or tags.get(IPTC)
    return gathering.of_photo(
        {**tags, **inner},
        gps,
        packet=packet if isinstance(packet, bytes) else b"",
        block=block if isinstance(block, bytes) else b"",
    )
