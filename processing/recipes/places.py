"""Which named place is nearest, and how places are searched by name. Pure.

A large city reaches further than a village: a square in the middle of London belongs to
London, though the centre of some quarter with a name of its own is nearer.
"""

import math
import unicodedata
from typing import Any, NamedTuple

import numpy as np

EARTH_KM = 6371.0
# A city of a million reaches eight kilometres, one of ten thousand less than one.
REACH_KM = 0.008
# So far from a centre nothing has a name; the largest city reaches some forty kilometres.
FARTHEST_KM = 100.0
# Where people say the state too.
STATES_ARE_SAID = {"AU", "CA", "US"}
MOST_HITS = 200


class Where(NamedTuple):
    """A spot, what people call it, as "Lisbon, Portugal", and its country, as "PT"."""

    latitude: float
    longitude: float
    name: str
    country_code: str


class Gazetteer(NamedTuple):
    """Named places of the world, the largest first. `searched` holds their names, folded."""

    vectors: Any
    reach: Any
    countries: Any
    regions: Any
    names: list[str]
    region_names: list[str]
    country_codes: list[str]
    country_names: list[str]
    searched: bytes
    line_starts: Any
    coordinates: Any


def fold(name: str) -> str:
    """A name without case, accents and punctuation: how somebody types it in a hurry."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = (letter if letter.isalnum() else " " for letter in plain if not _is_accent(letter))
    return " ".join("".join(kept).split())


def vectors(latitudes: Any, longitudes: Any) -> Any:
    """Points on a ball of radius one, so that the nearest is the one in most the same direction."""
    across, along = np.radians(latitudes), np.radians(longitudes)
    return np.stack(
        [np.cos(across) * np.cos(along), np.cos(across) * np.sin(along), np.sin(across)], axis=-1
    ).astype(np.float32)


def nearest(gazetteer: Gazetteer, latitude: float, longitude: float) -> Where | None:
    """What to call a spot, or None far from everything that has a name."""
    # Not `@`: the library behind it starts threads, and a worker that has threads cannot fork.
    cosine = np.einsum("ij,j->i", gazetteer.vectors, vectors(latitude, longitude))
    near = np.flatnonzero(cosine > math.cos(FARTHEST_KM / EARTH_KM))
    if not len(near):
        return None
    # A cosine of 32 bits tells places apart that are some hundred metres away from each other.
    kilometres = EARTH_KM * np.arccos(np.clip(cosine[near], -1, 1))
    found = int(near[np.argmin(kilometres - gazetteer.reach[near])])
    return Where(latitude, longitude, _label(gazetteer, found), _country_code(gazetteer, found))


def search(gazetteer: Gazetteer, wanted: str, *, most: int) -> list[Where]:
    """Places of this name, then those whose own or other name begins so, the largest first.

    What follows a comma is the beginning of a region's or country's name.
    """
    name, *within = (fold(part) for part in wanted.split(","))
    if len(name) < 2:
        return []
    found = []
    shapes = (f"|{name}|", f"\n|{name}", f"|{name}")
    lines = dict.fromkeys(line for shape in shapes for line in _lines_with(gazetteer, shape))
    for number in lines:
        if all(_is_within(gazetteer, number, part) for part in within if part):
            found.append(_where(gazetteer, number))
        if len(found) == most:
            break
    return found


def _lines_with(gazetteer: Gazetteer, shape: str) -> list[int]:
    wanted, searched = shape.encode(), gazetteer.searched
    spots: list[int] = []
    at = searched.find(wanted)
    while at >= 0 and len(spots) < MOST_HITS:
        # A name at the beginning of its line was found by the end of the line before.
        spots.append(at + len(wanted) - 1)
        at = searched.find(wanted, at + 1)
    return [int(line) - 1 for line in np.searchsorted(gazetteer.line_starts, spots, side="right")]


def _is_within(gazetteer: Gazetteer, number: int, part: str) -> bool:
    country = int(gazetteer.countries[number])
    names = (
        gazetteer.region_names[int(gazetteer.regions[number])],
        gazetteer.country_names[country],
        gazetteer.country_codes[country],
    )
    return any(fold(name).startswith(part) for name in names)


def _where(gazetteer: Gazetteer, number: int) -> Where:
    latitude, longitude = (round(float(value), 5) for value in gazetteer.coordinates[number])
    label = _label(gazetteer, number, with_region=True)
    return Where(latitude, longitude, label, _country_code(gazetteer, number))


def _label(gazetteer: Gazetteer, number: int, *, with_region: bool = False) -> str:
    name = gazetteer.names[number]
    region = gazetteer.region_names[int(gazetteer.regions[number])]
    country = gazetteer.country_names[int(gazetteer.countries[number])]
    says_region = with_region or _country_code(gazetteer, number) in STATES_ARE_SAID
    parts = [name, region if says_region else "", country]
    return ", ".join(part for part in dict.fromkeys(parts) if part)


def _country_code(gazetteer: Gazetteer, number: int) -> str:
    return gazetteer.country_codes[int(gazetteer.countries[number])]


def _is_accent(letter: str) -> bool:
    return bool(unicodedata.combining(letter))
