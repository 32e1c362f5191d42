"""The date in a file's name, as cameras, phones and messengers write it. Pure."""

import re
from datetime import UTC, datetime

from processing.recipes.facts import dates
from processing.recipes.facts.dates import Said

# 20240131_123456, 2024-01-31 12.34.56, 2024-01-31 at 3.04.05 PM, 20240131123456789
TIME = re.compile(
    r"(?<!\d)(19\d\d|20\d\d)([-_.:]?)(\d\d)\2(\d\d)(?:[ _T.-]{0,3}|[ _]at[ _])"
    r"(\d\d|\d(?=[.:]))([-_.:h]?)(\d\d)\6m?(\d\d)(?:[.,]?(\d{1,6}))?(?!\d)"
    r"(?:[ \u202f]?([AaPp])[Mm]\b)?",
    re.ASCII,
)
DAY = re.compile(r"(?<!\d)(18\d\d|19\d\d|20\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)", re.ASCII)
# Milliseconds since 1970, as Facebook and many Android programs name what they save.
SINCE_1970 = re.compile(r"(?<!\d)(1\d{9})(\d{3})(?!\d)", re.ASCII)
# Google's camera writes UTC.
IN_UTC = "PXL_"


def said(name: str) -> Said | None:
    """The date in a name: with its time if there is one, or the day alone."""
    return _with_time(name) or _since_1970(name) or _day(name)


def _with_time(name: str) -> Said | None:
    found = TIME.search(name)
    if not found:
        return None
    year, _, month, day, hour, _, minute, second, fraction, half = found.groups()
    if half:
        hour = str(int(hour) % 12 + (12 if half in "Pp" else 0))
    clock = dates.clock(year, month, day, hour, minute, second)
    if clock is None:
        return None
    clock += dates.fraction_of(fraction or "")
    return Said("name", clock, kind="utc" if name.startswith(IN_UTC) else "clock")


def _since_1970(name: str) -> Said | None:
    found = SINCE_1970.search(name)
    if not found:
        return None
    at = datetime.fromtimestamp(int(found[1]), UTC).replace(tzinfo=None)
    return Said("name", at + dates.fraction_of(found[2]), kind="utc")


def _day(name: str) -> Said | None:
    found = DAY.search(name)
    clock = dates.clock(found[1], found[3], found[4]) if found else None
    return Said("name", clock, kind="day") if clock else None
