"""When and where: put together from what a child read in a file and what is known beside it.

Runs in the worker, which has the atlas at hand; a child would load it for each photo anew.
Never reads a file of a stranger's, and trusts no value that a child hands on.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from processing import atlas
from processing.recipes.facts import dates, gathering, live, names, values
from processing.recipes.facts.dates import Rules, Said, Taken
from processing.recipes.facts.values import Place

FIELDS = (
    *("taken_at", "taken_offset_minutes", "date_source", "latitude", "longitude", "place"),
    *("country_code", "camera", "lens", "exposure", "description", "keywords", "rating", "live_id"),
)


def settled(
    found: Mapping[str, Any], *, name: str, modified_at: datetime | None, uploaded_at: datetime
) -> dict[str, Any]:
    """The FIELDS of MediaInfo. Aware times; `modified_at` is the file's own, if that is known."""
    found = {**gathering.NOTHING, **found}
    where = values.place(values.number(found["latitude"]), values.number(found["longitude"]))
    when = _when(found, where, name=name, modified_at=modified_at, uploaded_at=uploaded_at)
    named = atlas.place_at(*where) if where else None
    return {
        "taken_at": when.at if when else None,
        "taken_offset_minutes": when.offset_minutes if when else None,
        "date_source": when.source if when else "",
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
        # Far from everything, as on a boat, only coordinates; without them, the words in the file.
        "place": values.text(named.name if named else "" if where else found["town"]),
        "country_code": named.country_code if named else "",
        "camera": values.text(found["camera"]),
        "lens": values.text(found["lens"]),
        "exposure": values.text(found["exposure"], most=80),
        "description": values.description(*str(found["description"]).split("\n")),
        "keywords": values.keywords(found["keywords"]),
        "rating": values.rating(found["rating"]),
        "live_id": live.checked(found["live_id"]),
    }


def placed(taken: Taken, where: Place) -> Taken:
    """The same date once its place is known, if only that was missing for its zone."""
    return dates.placed(taken, _rules(where, latest=taken.at))


def _when(
    found: Mapping[str, Any],
    where: Place | None,
    *,
    name: str,
    modified_at: datetime | None,
    uploaded_at: datetime,
) -> Taken | None:
    said = dates.read(found["dates"])
    in_name = names.said(name)
    if in_name:
        said.append(in_name)
    for source, at in (("modified", modified_at), ("upload", uploaded_at)):
        if at:
            said.append(Said(source, at.astimezone(UTC).replace(tzinfo=None), kind="utc"))
    return dates.choose(said, _rules(where, latest=uploaded_at))


def _rules(where: Place | None, *, latest: datetime) -> Rules:
    if where is None:
        return Rules(latest)
    latitude, longitude = where
    return Rules(
        latest,
        partial(atlas.offset_of_clock, latitude=latitude, longitude=longitude),
        partial(atlas.offset_at, latitude=latitude, longitude=longitude),
    )
