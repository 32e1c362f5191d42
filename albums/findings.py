"""What an item says of itself: what processing found, and over it what its owner corrected.

Nothing here asks the database.
"""

from albums.models import Item
from processing import circumstances
from processing.models import MediaInfo
from processing.recipes.facts.dates import Taken
from processing.recipes.facts.values import Place

# What an owner can correct, and the fields that hold it.
FACTS: dict[str, tuple[str, ...]] = {
    "date": ("taken_at", "taken_offset_minutes"),
    "place": ("latitude", "longitude", "place", "country_code"),
    "description": ("description",),
    "keywords": ("keywords",),
}
_ALWAYS = ("kind", "width", "height", "duration_seconds", "thumbhash")
FIELDS = (*_ALWAYS, *(field for fields in FACTS.values() for field in fields))


def copy(info: MediaInfo, item: Item) -> None:
    """Put what was found into an item, but leave what its owner set."""
    for field in _ALWAYS:
        setattr(item, field, getattr(info, field))
    for fact, fields in FACTS.items():
        if fact not in item.corrected and (fact != "date" or info.taken_at):
            for field in fields:
                setattr(item, field, getattr(info, field))
    if info.taken_at and "place" in item.corrected and "date" not in item.corrected:
        _give_zone(info, item)


def blank(item: Item, fact: str) -> dict[str, object]:
    """A fact of which nothing is known but that the item is here."""
    known: dict[str, object] = {
        "taken_at": item.added_at,
        "taken_offset_minutes": None,
        "latitude": None,
        "longitude": None,
        "keywords": [],
    }
    return {field: known.get(field, "") for field in FACTS[fact]}


def _give_zone(info: MediaInfo, item: Item) -> None:
    """A clock without a zone gets that of the place where its owner says it was."""
    if info.taken_at and item.latitude is not None and item.longitude is not None:
        found = Taken(info.taken_at, info.taken_offset_minutes, info.date_source)
        taken = circumstances.placed(found, Place(item.latitude, item.longitude))
        item.taken_at, item.taken_offset_minutes = taken.at, taken.offset_minutes
