"""Facts of a photo from its EXIF tags, as Pillow reads them. Runs in a child only."""

from typing import Any

from PIL.ExifTags import IFD
from PIL.Image import Exif

from processing.recipes import facts


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
