"""Names and time zones of places, looked up in files that lie here; no network is asked.

Both are loaded when they are first wanted, and only in a worker or for a search of the website's:
the names take some 20 MB and a tenth of a second, the zones 33 MB. Coordinates come in as
numbers that were checked; nothing of a stranger's file is read here.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from processing.recipes import places
from processing.recipes.places import Gazetteer, Where

# Made of GeoNames' data (CC BY 4.0) by the program beside it.
FILE = Path(__file__).parent / "gazetteer" / "places.npz"


def place_at(latitude: float, longitude: float) -> Where | None:
    """What to call a spot; None far from everything that has a name."""
    return places.nearest(_gazetteer(), latitude, longitude)


def search(wanted: str, *, most: int = 8) -> list[Where]:
    """Places by the beginning of their name, the largest first."""
    return places.search(_gazetteer(), wanted, most=most)


def offset_of_clock(clock: datetime, latitude: float, longitude: float) -> int | None:
    """Minutes from UTC of a clock there that showed this, by the rules of that day.

    A time that came twice is taken as its first. None where no zone is known.
    """
    zone = _zone(latitude, longitude)
    return _minutes(clock.replace(tzinfo=zone).utcoffset()) if zone else None


def offset_at(moment: datetime, latitude: float, longitude: float) -> int | None:
    """Minutes from UTC that clocks there showed at a moment."""
    zone = _zone(latitude, longitude)
    return _minutes(moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()) if zone else None


def _minutes(away: timedelta | None) -> int | None:
    # Before 1900 clocks differed by seconds.
    return None if away is None else round(away.total_seconds() / 60)


def _zone(latitude: float, longitude: float) -> ZoneInfo | None:
    import tzfpy  # noqa: PLC0415  # Its polygons take memory that most processes need not give.

    try:
        return ZoneInfo(tzfpy.get_tz(longitude, latitude))
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _gazetteer() -> Gazetteer:
    with np.load(FILE, allow_pickle=False) as file:
        texts = {
            name: bytes(file[name])
            for name in ("names", "searched", "regions", "country_codes", "country_names")
        }
        degrees = file["millidegrees"].astype(np.float32) / 1000
        reach = places.REACH_KM * np.sqrt(file["population"].astype(np.float32))
        country, region = file["country"], file["region"]
    lines = {name: text.decode().split("\n") for name, text in texts.items() if name != "searched"}
    # Each line follows the end of another one, the first too.
    searched = b"\n" + texts["searched"]
    ends = np.flatnonzero(np.frombuffer(searched, np.uint8) == ord("\n"))
    return Gazetteer(
        vectors=places.vectors(degrees[:, 0], degrees[:, 1]),
        reach=reach,
        countries=country,
        regions=region,
        names=lines["names"],
        region_names=lines["regions"],
        country_codes=lines["country_codes"],
        country_names=lines["country_names"],
        searched=searched,
        line_starts=ends + 1,
        coordinates=degrees,
    )
