"""Facts of a photo from its EXIF tags, as Pillow reads them. Runs in a child only."""

from typing import Any

from PIL.ExifTags import IFD
from PIL.Image import Exif

from processing.recipes import facts

DNG_VERSION, PHOTOMETRIC, NEW_SUBFILE_TYPE, SUB_IFDS = 50706, 262, 254, 330
COLOUR_FILTER_ARRAY = 32803


def facts_of(tags: Exif) -> dict[str, Any]:
    """When, where and with what, ready for JSON."""
    inner, gps = tags.get_ifd(IFD.Exif), tags.get_ifd(IFD.GPSInfo)
    when = facts.taken({**tags, **inner}, gps)
    where = facts.place(gps)
    return {
        "taken_at": when.at.isoformat() if when else None,
        "taken_offset_minutes": when.offset_minutes if when else None,
        "camera": facts.camera(tags),
        "lens": facts.lens(inner),
        "exposure": facts.exposure(inner),
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
    }


def is_raw(tags: Exif) -> bool:
    """Whether a TIFF holds the camera's sensor, beside or instead of a small preview."""
    return (
        DNG_VERSION in tags
        or tags.get(PHOTOMETRIC) == COLOUR_FILTER_ARRAY
        or (tags.get(NEW_SUBFILE_TYPE) == 1 and SUB_IFDS in tags)
    )
