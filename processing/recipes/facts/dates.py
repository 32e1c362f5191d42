"""Which date of a file counts, and how far its clock was from UTC. Pure.

A file may say many: each is a `Said`, by its source. The first that makes sense in the order of
`SOURCES` counts; one that only names a day comes after all in the file that know the time.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from processing.recipes.facts.values import FIRST_YEAR, LAST_YEAR, text

# What is trusted more comes first. "changed" is the last change by a program, "modified" the
# file's own time, as the uploading device knew it.
SOURCES = (
    *(
        "exif",
        "digitized",
        "xmp",
        "iptc",
        "created",
        "quicktime",
        "container",
        "gps",
        "name",
        "changed",
    ),
    *("modified", "upload"),
)
BESIDE_THE_FILE = {"modified", "upload"}
# `clock` is what a clock at the place showed; `utc` is UTC, whatever clocks there showed;
# `day` has no time.
Kind = Literal["clock", "utc", "day"]
QUARTER_HOUR = 15
FURTHEST_MINUTES = 14 * 60
CLOSE_MINUTES = 5
DAY = timedelta(days=1)
NOON = timedelta(hours=12)
# Behind a source: what it left open.
UTC_ALONE, DAY_ALONE = "-utc", "-day"
# Clocks that were never set begin at the zero of their maker's calendar.
NEVER_SET = {datetime(year, 1, 1) for year in (1904, 1970, 1980)}  # noqa: DTZ001


class Said(NamedTuple):
    """One date in a file, without zone, and the minutes from UTC if the file says them."""

    source: str
    clock: datetime
    offset_minutes: int | None = None
    kind: Kind = "clock"


class Taken(NamedTuple):
    """When, the clock's distance from UTC there, and which date of the file said so.

    Without an offset `at` is the clock taken as UTC, or UTC itself: the source ends in -utc then.
    A day alone is its noon, and its source ends in -day.
    """

    at: datetime
    offset_minutes: int | None
    source: str


class Rules(NamedTuple):
    """What is known beside the file: nothing is later than `latest`, and the place's clocks."""

    latest: datetime
    offset_of_clock: Callable[[datetime], int | None] = lambda clock: None
    offset_at: Callable[[datetime], int | None] = lambda moment: None


def choose(said: Iterable[Said], rules: Rules) -> Taken | None:
    """The date that counts. No photo was taken after it was uploaded, but clocks go wrong."""
    latest = rules.latest.astimezone(UTC).replace(tzinfo=None) + DAY
    known = [one for one in said if one.clock not in NEVER_SET and one.clock <= latest]
    chosen = min(known, key=_rank, default=None)
    return _taken(chosen, known, rules) if chosen else None


def _rank(said: Said) -> tuple[bool, bool, int]:
    return said.source in BESIDE_THE_FILE, said.kind == "day", SOURCES.index(said.source)


def placed(taken: Taken, rules: Rules) -> Taken:
    """The same date with the offset of its place, if it had none."""
    if taken.offset_minutes is not None:
        return taken
    shown = taken.at.astimezone(UTC).replace(tzinfo=None)
    if taken.source.endswith(UTC_ALONE):
        return taken._replace(offset_minutes=rules.offset_at(shown))
    return _of_clock(shown, rules.offset_of_clock(shown), taken.source)


def _taken(chosen: Said, known: list[Said], rules: Rules) -> Taken:
    if chosen.kind == "utc":
        at = chosen.clock.replace(tzinfo=UTC)
        offset = _offset_by_name(chosen, known)
        return placed(Taken(at, offset, chosen.source + UTC_ALONE), rules)
    if chosen.kind == "day":
        return placed(_of_clock(chosen.clock + NOON, None, chosen.source + DAY_ALONE), rules)
    offset = chosen.offset_minutes
    if offset is None:
        offset = _offset_said_elsewhere(chosen, known)
    return placed(_of_clock(chosen.clock, offset, chosen.source), rules)


def _of_clock(clock: datetime, offset: int | None, source: str) -> Taken:
    at = (clock - timedelta(minutes=offset or 0)).replace(tzinfo=UTC)
    return Taken(at, offset, source)


def _offset_said_elsewhere(chosen: Said, known: list[Said]) -> int | None:
    """By another source with the same clock, or by the satellites' time."""
    for one in known:
        same = abs(one.clock - chosen.clock) < timedelta(seconds=1)
        if same and one.offset_minutes is not None:
            return one.offset_minutes
    fixes = (one for one in known if one.source == "gps")
    found = (offset_between(chosen.clock, fix.clock) for fix in fixes)
    return next((offset for offset in found if offset is not None), None)


def _offset_by_name(chosen: Said, known: list[Said]) -> int | None:
    """Phones put their own clock into the name of a video, and UTC inside."""
    clocks = (one.clock for one in known if one.source == "name" and one.kind == "clock")
    found = (offset_between(clock, chosen.clock) for clock in clocks)
    return next((offset for offset in found if offset is not None), None)


def offset_between(clock: datetime, utc: datetime) -> int | None:
    """The offset that makes a clock agree with UTC, to a quarter hour.

    None when they are further apart than that: the satellites' time is that of their last fix,
    and one that is minutes old says nothing.
    """
    apart = (clock - utc).total_seconds() / 60
    offset = QUARTER_HOUR * round(apart / QUARTER_HOUR)
    is_plausible = abs(offset) <= FURTHEST_MINUTES and abs(apart - offset) <= CLOSE_MINUTES
    return offset if is_plausible else None


def clock_of(value: object) -> datetime | None:
    """A clock as EXIF writes it, 2024:07:01 12:00:00, also with dashes or a T."""
    found = re.match(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)", text(value))
    return clock(*found.groups()) if found else None


def clock(*parts: str | None) -> datetime | None:
    """Year, month, day, hour, minute, second of digits, if there was such a time."""
    try:
        found = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]  # noqa: DTZ001
    except (ValueError, TypeError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def fraction_of(value: object) -> timedelta:
    """The digits behind a second's point."""
    digits = text(value)
    is_number = digits.isascii() and digits.isdigit()
    return timedelta(microseconds=int(digits[:6].ljust(6, "0"))) if is_number else timedelta()


def offset_of(value: object) -> int | None:
    """Minutes of +02:00, +0200 or Z."""
    written = text(value)
    if written == "Z":
        return 0
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", written, re.ASCII)
    if not found:
        return None
    minutes = (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1)
    return minutes if abs(minutes) <= FURTHEST_MINUTES else None


def iso(source: str, value: object) -> Said | None:
    """A date as XMP and videos write it (ISO 8601). Z is UTC, and says nothing of the place."""
    written = text(value).replace(" UTC", "Z")
    found = re.match(
        r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.(\d{1,9}))?)?"
        r"(Z|[+-]\d\d:?\d\d)?$",
        written,
        re.ASCII,
    )
    when = clock(*found.groups()[:6]) if found else None
    if found is None or when is None:
        return None
    when += fraction_of(found[7] or "")
    if found[4] is None:
        return Said(source, when, kind="day")
    if found[8] == "Z":
        return Said(source, when, kind="utc")
    return Said(source, when, offset_of(found[8] or ""))


def written(said: Said) -> list[object]:
    """Ready for JSON."""
    return [said.source, said.clock.isoformat(), said.offset_minutes, said.kind]


def read(values: object) -> list[Said]:
    """What `written` wrote, from a child that may be in a stranger's hands."""
    found = []
    for value in values if isinstance(values, list) else []:
        match value:
            case [str(source), str(at), int() | None as offset, "clock" | "utc" | "day" as kind]:
                when = clock_of(at)
                if source in SOURCES and when and abs(offset or 0) <= FURTHEST_MINUTES:
                    when += fraction_of(at.partition(".")[2])
                    found.append(Said(source, when, offset, kind))
    return found
