"""Facts of one file out of all its sources. Pure.

Cameras' own tags are trusted for what cameras know, and programs' for what people typed.
"""

from collections.abc import Mapping
from typing import Any

from processing.recipes.facts import dates, exif, iptc, live, quicktime, songs, xmp

BY_PEOPLE = {"description", "keywords", "rating"}
NOTHING: dict[str, Any] = {
    "dates": [],
    "latitude": None,
    "longitude": None,
    "camera": "",
    "lens": "",
    "exposure": "",
    "rating": None,
    "description": "",
    "keywords": [],
    "town": "",
    "live_id": "",
}


def of_photo(tags: exif.Tags, gps: exif.Tags, *, packet: bytes, block: bytes) -> dict[str, Any]:
    """Facts from EXIF tags, an XMP packet and an IPTC block, ready for JSON."""
    by_camera, by_program, by_agency = exif.facts(tags, gps), xmp.facts(packet), iptc.facts(block)
    found = _gathered(
        camera_first=[by_camera, by_program, by_agency],
        people_first=[by_program, by_agency, by_camera],
    )
    notes = tags.get(exif.MAKER_NOTES)
    return found | {"live_id": live.of_photo(notes) if isinstance(notes, bytes) else ""}


def of_video(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Facts from what a video's container says of itself, ready for JSON."""
    found = [quicktime.facts(metadata)]
    gathered = _gathered(camera_first=found, people_first=found)
    return gathered | {"live_id": live.of_film(metadata)}


def of_sound(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Facts from the tags of a sound file, ready for JSON."""
    found = [songs.facts(metadata)]
    return _gathered(camera_first=found, people_first=found)


def _gathered(
    *, camera_first: list[dict[str, Any]], people_first: list[dict[str, Any]]
) -> dict[str, Any]:
    facts = {
        name: _first(people_first if name in BY_PEOPLE else camera_first, name, nothing)
        for name, nothing in NOTHING.items()
    }
    # Half a place from each of two sources would be a third place.
    where = next((found for found in camera_first if found.get("latitude") is not None), {})
    facts["latitude"], facts["longitude"] = where.get("latitude"), where.get("longitude")
    said = [one for found in camera_first for one in found["dates"]]
    return {**facts, "dates": [dates.written(one) for one in said]}


def _first(sources: list[dict[str, Any]], name: str, nothing: Any) -> Any:
    return next((found[name] for found in sources if found.get(name)), nothing)
