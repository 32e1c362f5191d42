"""What the EXIF tags of a photo say. Pure.

The tags: https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from processing.recipes.facts import dates, values
from processing.recipes.facts.dates import Said
from processing.recipes.facts.values import Place, number, text

Tags = Mapping[int, object]

DESCRIPTION, MAKE, MODEL, DATE_TIME, RATING = 0x010E, 0x010F, 0x0110, 0x0132, 0x4746
EXPOSURE_TIME, F_NUMBER, ISO, LENS_MODEL, USER_COMMENT = 0x829A, 0x829D, 0x8827, 0xA434, 0x9286
DATE_TIME_ORIGINAL, OFFSET_ORIGINAL, SUBSECOND_ORIGINAL = 0x9003, 0x9011, 0x9291
DATE_TIME_DIGITIZED, OFFSET_DIGITIZED, SUBSECOND_DIGITIZED = 0x9004, 0x9012, 0x9292
OFFSET_TIME, SUBSECOND = 0x9010, 0x9290
# Windows writes what people typed into tags of its own.
WINDOWS_TITLE, WINDOWS_COMMENT, WINDOWS_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E
MAKER_NOTES = 0x927C
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, GPS_TIME, GPS_DATE = 1, 2, 3, 4, 7, 29

CLOCKS = (
    ("exif", DATE_TIME_ORIGINAL, SUBSECOND_ORIGINAL, OFFSET_ORIGINAL),
    ("digitized", DATE_TIME_DIGITIZED, SUBSECOND_DIGITIZED, OFFSET_DIGITIZED),
    ("changed", DATE_TIME, SUBSECOND, OFFSET_TIME),
)
COMMENT_CODES = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "iso2022_jp"}


def facts(exif: Tags, gps: Tags) -> dict[str, Any]:
    """`exif` holds the tags of the picture and of its inner EXIF block together."""
    where = place(gps)
    return {
        "dates": list(said(exif, gps)),
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
        "camera": values.camera(exif.get(MAKE), exif.get(MODEL)),
        "lens": text(exif.get(LENS_MODEL)),
        "exposure": exposure(exif),
        "rating": values.rating(values.first(exif.get(RATING))),
        "description": description(exif),
        "keywords": values.keywords(windows_text(exif.get(WINDOWS_KEYWORDS)).split(";")),
    }


def said(exif: Tags, gps: Tags) -> Iterator[Said]:
    """Every date in the tags."""
    for source, clock_tag, fraction_tag, offset_tag in CLOCKS:
        clock = dates.clock_of(exif.get(clock_tag))
        if clock:
            clock += dates.fraction_of(exif.get(fraction_tag))
            yield Said(source, clock, dates.offset_of(exif.get(offset_tag)))
    fix = _fix(gps)
    if fix:
        yield fix


def place(gps: Tags) -> Place | None:
    return values.place(
        _degrees(gps.get(LATITUDE), gps.get(LATITUDE_REF), "S"),
        _degrees(gps.get(LONGITUDE), gps.get(LONGITUDE_REF), "W"),
    )


def exposure(exif: Tags) -> str:
    return values.exposure(
        number(exif.get(EXPOSURE_TIME)),
        number(exif.get(F_NUMBER)),
        number(values.first(exif.get(ISO))),
    )


def description(exif: Tags) -> str:
    return values.description(
        windows_text(exif.get(WINDOWS_TITLE)),
        exif.get(DESCRIPTION),
        comment(exif.get(USER_COMMENT)),
        windows_text(exif.get(WINDOWS_COMMENT)),
    )


def comment(value: object) -> str:
    """A comment begins with eight bytes that name its letters; without them it is a guess."""
    if not isinstance(value, bytes) or value[:8] not in COMMENT_CODES:
        return ""
    code = COMMENT_CODES[value[:8]]
    return value[8 : 4 * values.DESCRIPTION_LENGTH].decode(code, "replace")


def windows_text(value: object) -> str:
    """UTF-16, which Pillow gives as bytes or as one number for each."""
    if isinstance(value, tuple) and all(
        isinstance(byte, int) and 0 <= byte < 256 for byte in value
    ):
        value = bytes(value)
    if not isinstance(value, bytes):
        return ""
    return value[: 4 * values.DESCRIPTION_LENGTH].decode("utf-16-le", "replace").rstrip("\0")


def _fix(gps: Tags) -> Said | None:
    """The satellites' time, which is UTC."""
    midnight = dates.clock_of(f"{text(gps.get(GPS_DATE))} 00:00:00")
    hours = gps.get(GPS_TIME)
    parts = [number(part) for part in hours] if isinstance(hours, tuple) else []
    if midnight is None or len(parts) != 3 or None in parts:
        return None
    hour, minute, second = (part or 0.0 for part in parts)
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 61):
        return None
    time = timedelta(hours=hour, minutes=minute, seconds=second)
    return Said("gps", midnight + time, kind="utc")


def _degrees(value: object, reference: object, negative: str) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    degrees, minutes, seconds = (number(part) for part in value)
    if degrees is None:
        return None
    total = degrees + (minutes or 0.0) / 60 + (seconds or 0.0) / 3600
    return -total if text(reference).upper().startswith(negative) else total
