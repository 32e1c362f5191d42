"""Single values that a file may hold, checked: text, numbers, places, exposure. Pure."""

import math
from collections.abc import Iterable
from typing import NamedTuple

TEXT_LENGTH = 120
DESCRIPTION_LENGTH = 2000
KEYWORD_LENGTH = 80
MOST_KEYWORDS = 100
# A header can claim any length, and each ten seconds of it would be a piece of work.
LONGEST_VIDEO_SECONDS = 48 * 3600
BEST_RATING = 5
# The first photograph, and an end that leaves room for every zone.
FIRST_YEAR, LAST_YEAR = 1826, 9000
# What cameras write into the description without being asked. Compared without case.
CHATTER = {
    *("asus", "charset=ascii", 'charset="ascii"', "dcim", "default", "digital camera"),
    *("exif_jpeg_picture", "exif-jpeg-picture", "exif jpeg", "exif_jpeg_422", "ascii"),
    *("jpeg picture", "konica minolta digital camera", "maker:", "minolta digital camera"),
    *("olympus digital camera", "samsung", "sanyo digital camera", "sony dsc", "user comments"),
    *("created with gimp", "untitled", "binary comment", "picture", "photo", "image"),
}


class Place(NamedTuple):
    latitude: float
    longitude: float


def text(value: object, *, most: int = TEXT_LENGTH) -> str:
    """Printable text on one line, so long at most; empty when it is none."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    # Ten times as much is enough to look at, whatever its spaces are.
    printable = "".join(letter if letter.isprintable() else " " for letter in value[: 10 * most])
    return " ".join(printable.split())[:most].strip()


def description(*values: object) -> str:
    """Title and description, without what a camera said by itself or what is said twice."""
    said: list[str] = []
    for value in values:
        words = text(value, most=DESCRIPTION_LENGTH)
        if words.casefold() not in CHATTER and not any(words in earlier for earlier in said):
            said.append(words)
    return "\n".join(words for words in said if words)[:DESCRIPTION_LENGTH].strip()


def keywords(values: Iterable[object]) -> list[str]:
    """Each keyword once, in their order; case does not tell them apart."""
    found: dict[str, str] = {}
    for value in values:
        word = text(value, most=KEYWORD_LENGTH)
        if word and len(found) < MOST_KEYWORDS:
            found.setdefault(word.casefold(), word)
    return list(found.values())


def number(value: object) -> float | None:
    """A finite number, or None for anything else, as a fraction over zero."""
    try:
        found = float(value)  # type: ignore[arg-type]  # Whatever a file says it is.
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def rating(value: object) -> int | None:
    """Stars from 1 to 5; none and "rejected" are None."""
    found = number(value)
    return int(found) if found is not None and 1 <= found <= BEST_RATING else None


def place(latitude: float | None, longitude: float | None) -> Place | None:
    """A spot on earth. Cameras without a fix write zeros; nobody is in the Gulf of Guinea."""
    if latitude is None or longitude is None:
        return None
    is_on_earth = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return Place(round(latitude, 7), round(longitude, 7)) if is_on_earth else None


def camera(make: object, model: object) -> str:
    """Maker and model, without saying the maker twice."""
    maker, name = text(make), text(model)
    if name.lower().startswith(maker.lower()):
        return name
    return f"{maker} {name}".strip()[:TEXT_LENGTH]


def exposure(seconds: float | None, aperture: float | None, sensitivity: float | None) -> str:
    """As "1/250 s, f/2.8, ISO 100", with what is known."""
    parts = []
    if seconds and 1e-6 < seconds < 1e5:
        parts.append(f"1/{round(1 / seconds)} s" if seconds <= 0.5 else f"{seconds:.3g} s")
    if aperture and 0 < aperture < 1000:
        parts.append(f"f/{aperture:.3g}")
    if sensitivity and 0 < sensitivity < 1e8:
        parts.append(f"ISO {sensitivity:.0f}")
    return ", ".join(parts)


def duration(seconds: float) -> float:
    """Seconds of a video; 0 for a length that none has, as a damaged header may claim."""
    return seconds if 0 < seconds <= LONGEST_VIDEO_SECONDS else 0.0


def first(values: object) -> object:
    """The first of several, or the only one."""
    return values[0] if isinstance(values, tuple) and values else values
