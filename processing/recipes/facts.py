"""Read facts out of what a camera wrote: time, place, camera, exposure. Pure.

Everything here comes from strangers' files. What makes no sense is left out, never guessed,
and nothing that a file may contain raises.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

Tags = Mapping[int, object]

MAKE, MODEL, DATE_TIME = 0x010F, 0x0110, 0x0132
EXPOSURE_TIME, F_NUMBER, ISO = 0x829A, 0x829D, 0x8827
DATE_TIME_ORIGINAL, OFFSET_ORIGINAL, SUBSECOND_ORIGINAL = 0x9003, 0x9011, 0x9291
LENS_MODEL = 0xA434
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE, GPS_TIME, GPS_DATE = 1, 2, 3, 4, 7, 29

TEXT_LENGTH = 120
QUARTER_HOUR = 15
LONGEST_VIDEO_SECONDS = 366 * 24 * 3600
FURTHEST_MINUTES = 14 * 60


class Taken(NamedTuple):
    """When, and the clock's distance from UTC there; without that `at` is the clock as UTC."""

    at: datetime
    offset_minutes: int | None


class Place(NamedTuple):
    latitude: float
    longitude: float


def taken(exif: Tags, gps: Tags) -> Taken | None:
    """When a photo was taken: by its clock and offset, or its clock and the satellites' time."""
    clock = _clock(exif.get(DATE_TIME_ORIGINAL)) or _clock(exif.get(DATE_TIME))
    if clock is None:
        return None
    clock += timedelta(seconds=_fraction(exif.get(SUBSECOND_ORIGINAL)))
    offset = _offset(exif.get(OFFSET_ORIGINAL))
    if offset is None:
        offset = _offset_by_satellites(clock, gps)
    return Taken((clock - timedelta(minutes=offset or 0)).replace(tzinfo=UTC), offset)


def taken_by_video(metadata: Mapping[str, str]) -> Taken | None:
    """When a video was taken. Apple's own field knows the offset; the container's is in UTC."""
    for name in ("com.apple.quicktime.creationdate", "creation_time", "date"):
        found = _moment(metadata.get(name, ""))
        if found:
            return found
    return None


def place(gps: Tags) -> Place | None:
    return _place(
        _degrees(gps.get(LATITUDE), gps.get(LATITUDE_REF), "S"),
        _degrees(gps.get(LONGITUDE), gps.get(LONGITUDE_REF), "W"),
    )


def place_of_video(metadata: Mapping[str, str]) -> Place | None:
    """The place in ISO 6709, as `+43.1931-004.8192/`."""
    written = metadata.get("com.apple.quicktime.location.ISO6709") or metadata.get("location", "")
    found = re.match(r"([+-]\d{1,2}(?:\.\d{1,9})?)([+-]\d{1,3}(?:\.\d{1,9})?)", written)
    return _place(float(found[1]), float(found[2])) if found else None


def duration(seconds: float) -> float:
    """Seconds of a video; 0 for a length that none has, as a damaged header may claim."""
    return seconds if 0 < seconds <= LONGEST_VIDEO_SECONDS else 0.0


def camera(tags: Tags) -> str:
    return join_names(text(tags.get(MAKE)), text(tags.get(MODEL)))


def join_names(make: str, model: str) -> str:
    """Maker and model, without saying the maker twice."""
    if model.lower().startswith(make.lower()):
        return model[:TEXT_LENGTH]
    return f"{make} {model}".strip()[:TEXT_LENGTH]


def lens(exif: Tags) -> str:
    return text(exif.get(LENS_MODEL))


def exposure(exif: Tags) -> str:
    """As "1/250 s, f/2.8, ISO 100", with what is known."""
    seconds, aperture = number(exif.get(EXPOSURE_TIME)), number(exif.get(F_NUMBER))
    speed = exif.get(ISO)
    sensitivity = number(speed[0] if isinstance(speed, tuple) and speed else speed)
    parts = []
    if seconds and 1e-6 < seconds < 1e5:
        parts.append(f"1/{round(1 / seconds)} s" if seconds <= 0.5 else f"{seconds:.3g} s")
    if aperture and 0 < aperture < 1000:
        parts.append(f"f/{aperture:.3g}")
    if sensitivity and 0 < sensitivity < 1e8:
        parts.append(f"ISO {sensitivity:.0f}")
    return ", ".join(parts)


def text(value: object) -> str:
    """Printable text of a tag, at most 120 characters; empty when it is none."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(printable.split())[:TEXT_LENGTH].strip()


def number(value: object) -> float | None:
    """A finite number, or None for anything else, as a fraction over zero."""
    try:
        found = float(value)  # type: ignore[arg-type]  # Whatever a file says it is.
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _clock(value: object) -> datetime | None:
    found = re.match(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)", text(value))
    if not found:
        return None
    try:
        # Six numbers by the pattern; which clock they belong to is found out later.
        clock = datetime(*map(int, found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    # A camera that was never set says 1970, 1980 or zeros; photography began in 1826.
    return clock if 1826 <= clock.year <= 9000 else None


def _fraction(value: object) -> float:
    digits = text(value)
    return float(f"0.{digits[:6]}") if digits.isascii() and digits.isdigit() else 0.0


def _offset(value: object) -> int | None:
    if text(value) == "Z":
        return 0
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text(value))
    if not found:
        return None
    minutes = (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1)
    return minutes if abs(minutes) <= FURTHEST_MINUTES else None


def _offset_by_satellites(clock: datetime, gps: Tags) -> int | None:
    """The offset that makes the camera's clock agree with the satellites', to a quarter hour."""
    day, hours = text(gps.get(GPS_DATE)), gps.get(GPS_TIME)
    parts = [number(part) for part in hours] if isinstance(hours, tuple) else []
    midnight = _clock(f"{day} 00:00:00")
    if midnight is None or len(parts) != 3 or None in parts:
        return None
    hour, minute, second = (part or 0.0 for part in parts)
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 61):
        return None
    utc = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    apart = (clock - utc).total_seconds() / 60
    offset = QUARTER_HOUR * round(apart / QUARTER_HOUR)
    # The satellites' time is that of the last fix; one that is minutes old says nothing.
    is_plausible = abs(offset) <= FURTHEST_MINUTES and abs(apart - offset) <= 5
    return offset if is_plausible else None


def _moment(written: str) -> Taken | None:
    try:
        found = datetime.fromisoformat(written.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    if not 1900 <= found.year <= 9000 or found.replace(tzinfo=None) in {
        datetime(1904, 1, 1),  # noqa: DTZ001  # The zero of QuickTime's clock: never set.
        datetime(1970, 1, 1),  # noqa: DTZ001
    }:
        return None
    if found.tzinfo is None:
        return Taken(found.replace(tzinfo=UTC), None)
    away = found.utcoffset() or timedelta()
    # UTC in the container says how it was written down, not where the clock stood.
    offset = None if found.tzinfo == UTC else round(away.total_seconds() / 60)
    return Taken(found.astimezone(UTC), offset)


def _degrees(value: object, reference: object, negative: str) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    parts = [number(part) for part in value]
    degrees, minutes, seconds = parts
    if degrees is None:
        return None
    total = degrees + (minutes or 0.0) / 60 + (seconds or 0.0) / 3600
    return -total if text(reference).upper().startswith(negative) else total


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    if latitude is None or longitude is None:
        return None
    # Cameras without a fix write zeros; nobody is at 0, 0 in the Gulf of Guinea.
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return Place(round(latitude, 7), round(longitude, 7)) if is_on_earth else None
