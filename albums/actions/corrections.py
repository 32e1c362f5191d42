"""Correcting what items say of themselves: date, place, words. The files stay as they are.

Each act is remembered with what was there before, so that it can be undone; the last few only.
What an owner set stays when the file is processed again, until it is taken back.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from albums import findings
from albums.models import Correction, Item
from albums.search import noting
from mediashare.accounts.models import User
from processing import atlas
from processing.models import MediaInfo
from processing.recipes.facts import values

REMEMBERED = 20
# Facts, each with the values of its fields; None takes a correction back.
Facts = Mapping[str, Mapping[str, Any] | None]
Change = Callable[[Item], Facts]


class DateIsImpossible(Exception):
    """No calendar has this date, or no photograph can be so old."""


def set_date(
    *,
    owner: User,
    ids: Iterable[UUID],
    clock: datetime,
    offset_minutes: int | None = None,
    is_utc: bool = False,
) -> Correction:
    """Say what a clock showed when items were taken, and its distance from UTC.

    Without that it is the one of the place of each, or the one that it had. A clock may
    also be one that showed UTC. Raises DateIsImpossible.
    """

    def change(item: Item) -> Facts:
        offset = offset_minutes
        if offset is None:
            offset = _offset_there(item, clock, is_utc=is_utc)
        away = timedelta(minutes=0 if is_utc else -(offset or 0))
        at = _moved(clock.replace(tzinfo=UTC), away)
        return {"date": {"taken_at": at, "taken_offset_minutes": offset}}

    return _correct(owner, ids, change)


def shift_dates(*, owner: User, ids: Iterable[UUID], by: timedelta) -> Correction:
    """Move dates, as when a camera's clock was wrong. Raises DateIsImpossible."""

    def change(item: Item) -> Facts:
        at = _moved(item.taken_at, by)
        return {"date": {"taken_at": at, "taken_offset_minutes": item.taken_offset_minutes}}

    return _correct(owner, ids, change)


def correct_place(
    *, owner: User, ids: Iterable[UUID], latitude: float | None, longitude: float | None
) -> Correction:
    """Say where items were taken; None is nowhere. Spots that are not on earth are nowhere too."""
    where = values.place(latitude, longitude)
    named = atlas.place_at(*where) if where else None
    found = {
        "latitude": where.latitude if where else None,
        "longitude": where.longitude if where else None,
        "place": named.name[: values.TEXT_LENGTH] if named else "",
        "country_code": named.country_code if named else "",
    }
    return _correct(owner, ids, lambda item: {"place": found})


def correct_words(
    *,
    owner: User,
    ids: Iterable[UUID],
    description: str | None = None,
    keywords: Iterable[str] | None = None,
) -> Correction:
    """Describe items; what is None stays."""
    found: dict[str, Mapping[str, Any]] = {}
    if description is not None:
        # People put in lines what files put in one.
        lines = (values.text(line, most=2000) for line in description.splitlines())
        words = "\n".join(lines).strip()[: values.DESCRIPTION_LENGTH]
        found["description"] = {"description": words}
    if keywords is not None:
        found["keywords"] = {"keywords": values.keywords(keywords)}
    return _correct(owner, ids, lambda item: found)


def take_back(*, owner: User, ids: Iterable[UUID], facts: Iterable[str]) -> Correction:
    """Let the files speak again. What nobody had corrected stays as it is."""
    wanted = dict.fromkeys(facts)
    return _correct(
        owner, ids, lambda item: {fact: None for fact in wanted if fact in item.corrected}
    )


@transaction.atomic
def undo_correction(*, correction: Correction) -> int:
    """Put back what was there before, once; of how many items."""
    if not Correction.objects.filter(pk=correction.pk).delete()[0]:
        return 0
    items = _locked(correction.owner_id, [UUID(name) for name in correction.before])
    for item in items:
        for fact, held in correction.before[str(item.pk)].items():
            _set(item, fact, held["values"], is_set=held["is_set"])
    _save(items)
    return len(items)


@transaction.atomic
def _correct(owner: User, ids: Iterable[UUID], change: Change) -> Correction:
    items = _locked(owner.pk, ids)
    before = {}
    for item in items:
        changes = change(item)
        before[str(item.pk)] = {fact: _held(item, fact) for fact in changes}
        for fact, found in changes.items():
            blank = findings.blank(item, fact)
            _set(item, fact, blank if found is None else found, is_set=found is not None)
    _save(items)
    made = Correction.objects.create(owner=owner, before=before)
    newest = (
        Correction.objects.filter(owner=owner).order_by("-made_at").values_list("pk", flat=True)
    )
    Correction.objects.filter(owner=owner).exclude(pk__in=list(newest[:REMEMBERED])).delete()
    return made


def _locked(owner_id: UUID, ids: Iterable[UUID]) -> list[Item]:
    # Always in one order: two corrections of the same items would lock each other out.
    items = Item.objects.select_for_update().filter(owner_id=owner_id, pk__in=list(ids))
    return list(items.order_by("pk"))


def _held(item: Item, fact: str) -> dict[str, Any]:
    held = {field: getattr(item, field) for field in findings.FACTS[fact]}
    return {"values": held, "is_set": fact in item.corrected}


def _set(item: Item, fact: str, found: Mapping[str, Any], *, is_set: bool) -> None:
    item.corrected = [one for one in item.corrected if one != fact] + [fact] * is_set
    for field, value in found.items():
        # A time that was remembered is text.
        is_text = field == "taken_at" and isinstance(value, str)
        setattr(item, field, datetime.fromisoformat(value) if is_text else value)


def _save(items: list[Item]) -> None:
    """Where nobody's correction stands, the file's own facts do."""
    infos = MediaInfo.objects.in_bulk([item.blob_id for item in items])
    for item in items:
        if item.blob_id in infos:
            findings.copy(infos[item.blob_id], item)
    if items:
        Item.objects.bulk_update(items, ["corrected", *findings.FIELDS])
        noting.note(items, infos)


def _offset_there(item: Item, clock: datetime, *, is_utc: bool) -> int | None:
    if item.latitude is None or item.longitude is None:
        return item.taken_offset_minutes
    look_up = atlas.offset_at if is_utc else atlas.offset_of_clock
    return look_up(clock, item.latitude, item.longitude)


def _moved(at: datetime, by: timedelta) -> datetime:
    try:
        moved = at + by
    except OverflowError as error:
        raise DateIsImpossible from error
    if not values.FIRST_YEAR <= moved.year <= values.LAST_YEAR:
        raise DateIsImpossible
    return moved
