"""Pictures of a page gathered under headings of time, as the library shows them.

A picture is of the month that a clock showed where it was taken. Short groups stand side by side;
the class that gives them their width is made here. Nothing here asks the database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.utils import formats

from albums.pictures import Picture

# Wider than this, in percent of the height of a row, and a group has rows of its own.
SHORT = 400
EAGER_PICTURES = 8


@dataclass(frozen=True)
class Group:
    """Pictures of one month, as 2024-07. A continued one began on the page before."""

    month: str
    pictures: list[Picture]
    is_continued: bool
    is_eager: bool

    @property
    def label(self) -> str:
        return formats.date_format(date.fromisoformat(f"{self.month}-01"), "F Y")

    @property
    def ratio_class(self) -> str:
        """The group's own shape, if it is short enough to stand beside others."""
        ratio = sum(picture.ratio for picture in self.pictures)
        return f"ratio-{ratio}" if ratio <= SHORT else ""


def by_month(pictures: Iterable[Picture], *, after: str = "") -> list[Group]:
    """Group what is newest first. `after` is the month of the last picture before these."""
    groups: list[Group] = []
    so_far = 0
    for month, run in groupby(_in_months(pictures, after), key=itemgetter(0)):
        found = [picture for _, picture in run]
        groups.append(
            Group(
                month=month,
                pictures=found,
                is_continued=not groups and month == after,
                is_eager=not after and so_far < EAGER_PICTURES,
            )
        )
        so_far += len(found)
    return groups


def month_in(written: str) -> str:
    """The month that an address names, as 2024-07; empty when it names none."""
    try:
        return f"{date.fromisoformat(f'{written}-01'):%Y-%m}"
    except ValueError:
        return ""


def _in_months(pictures: Iterable[Picture], after: str) -> Iterator[tuple[str, Picture]]:
    """What is in order by UTC can be out of order by the clocks of two zones, about the turn of a
    month. A picture that is late then stays with the one before it: no month comes twice."""
    month = after
    for picture in pictures:
        taken = f"{picture.item.clock:%Y-%m}"
        month = min(month or taken, taken)
        yield month, picture
