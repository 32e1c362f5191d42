"""Pictures of a page gathered under headings of time, as the library shows them.

Short groups stand side by side; the class that gives them their width is made here. Nothing
here asks the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils import formats

from albums.pictures import Picture

# Wider than this, in percent of the height of a row, and a group has rows of its own.
SHORT = 400
EAGER_PICTURES = 8


@dataclass(frozen=True)
class Group:
    """Pictures of one month. A continued one began on the page before."""

    label: str
    pictures: list[Picture]
    is_continued: bool
    is_eager: bool

    @property
    def ratio_class(self) -> str:
        """The group's own shape, if it is short enough to stand beside others."""
        ratio = sum(picture.ratio for picture in self.pictures)
        return f"ratio-{ratio}" if ratio <= SHORT else ""


def by_month(pictures: Iterable[Picture], *, after: datetime | None = None) -> list[Group]:
    """Group what is in order of time. `after` is when the last picture before these was taken."""
    groups: list[Group] = []
    so_far = 0
    for month, run in groupby(pictures, key=_month):
        found = list(run)
        groups.append(
            Group(
                label=month,
                pictures=found,
                is_continued=after is not None and not groups and month == _label(after),
                is_eager=after is None and so_far < EAGER_PICTURES,
            )
        )
        so_far += len(found)
    return groups


def _month(picture: Picture) -> str:
    return _label(picture.item.taken_at)


def _label(when: datetime) -> str:
    return formats.date_format(when, "F Y")
