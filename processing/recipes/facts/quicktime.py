"""What a video's container says of itself, in the names that ffmpeg gives. Pure.

Apple's keys know most; Android has the place and the maker; action cameras little.
https://developer.apple.com/documentation/quicktime-file-format/metadata
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from processing.recipes.facts import dates, values
from processing.recipes.facts.dates import Said
from processing.recipes.facts.values import Place, text

APPLE = "com.apple.quicktime."
# The first that is there counts.
MAKERS = (f"{APPLE}make", "com.android.manufacturer", "make", "manufacturer")
MODELS = (f"{APPLE}model", "com.android.model", "model")
LENSES = (f"{APPLE}camera.lens_model", "lens_model", "lens")
PLACES = (f"{APPLE}location.ISO6709", "location", "location-eng")
TITLES = (f"{APPLE}title", f"{APPLE}displayname", "title")
DESCRIPTIONS = (f"{APPLE}description", "description", "synopsis", f"{APPLE}comment", "comment")
KEYWORDS = (f"{APPLE}keywords", "keywords")
RATINGS = (f"{APPLE}rating.user", "rating")
HANDLER = "handler_name"
# GoPro names its generation in the firmware's number: HD8.01.02.51.00 is a HERO8.
GOPRO_FIRMWARE = re.compile(r"H(?:D|2)?(\d{1,2})\.\d\d", re.ASCII)
ISO_6709 = re.compile(
    r"([+-]\d{1,2}(?:\.\d{1,12})?)([+-]\d{1,3}(?:\.\d{1,12})?)(?![\d.])", re.ASCII
)


def facts(metadata: Mapping[str, str]) -> dict[str, Any]:
    where = place(metadata)
    return {
        "dates": list(said(metadata)),
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
        "camera": camera(metadata),
        "lens": text(_first(metadata, LENSES)),
        "rating": values.rating(_first(metadata, RATINGS)),
        "description": values.description(_first(metadata, TITLES), _first(metadata, DESCRIPTIONS)),
        "keywords": values.keywords(re.split(r"[;,]", _first(metadata, KEYWORDS)[:10_000])),
    }


def said(metadata: Mapping[str, str]) -> Iterator[Said]:
    """Apple's own date knows the offset; the container's is in UTC, except where makers err."""
    for source, name in (
        ("quicktime", f"{APPLE}creationdate"),
        ("container", "creation_time"),
        ("container", "date"),
    ):
        found = dates.iso(source, metadata.get(name, ""))
        if found and found.kind == "utc" and _is_gopro(metadata):
            # It writes its own clock and calls it UTC.
            found = found._replace(kind="clock")
        if found:
            yield found


def place(metadata: Mapping[str, str]) -> Place | None:
    """The place in ISO 6709, as `+43.1931-004.8192/`."""
    found = ISO_6709.match(_first(metadata, PLACES))
    return values.place(float(found[1]), float(found[2])) if found else None


def camera(metadata: Mapping[str, str]) -> str:
    named = values.camera(_first(metadata, MAKERS), _first(metadata, MODELS))
    if named:
        return named
    if _is_gopro(metadata):
        firmware = GOPRO_FIRMWARE.match(metadata.get("firmware", ""))
        return f"GoPro HERO{firmware[1]}" if firmware else "GoPro"
    return "DJI" if metadata.get("encoder", "").startswith("DJI") else ""


def _is_gopro(metadata: Mapping[str, str]) -> bool:
    return "gopro" in metadata.get(HANDLER, "").lower()


def _first(metadata: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((metadata[name] for name in names if metadata.get(name, "").strip()), "")
