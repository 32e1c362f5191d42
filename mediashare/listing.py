"""Long lists on pages: each page shows a part of one, `?start=` says which."""

from typing import Generic, NamedTuple, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

SHOWN = 100

Row = TypeVar("Row", bound=Model)


class Part(NamedTuple, Generic[Row]):
    """Some rows of a list, and where the next ones begin; None at the end."""

    rows: list[Row]
    next_start: int | None


def number(request: HttpRequest, name: str) -> int | None:
    """A number in the address; None for nonsense."""
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None


def part(request: HttpRequest, rows: QuerySet[Row]) -> Part[Row]:
    """The wanted part of rows that have an order of their own."""
    start = number(request, "start") or 0
    found = list(rows[start : start + SHOWN + 1])
    return Part(found[:SHOWN], start + SHOWN if len(found) > SHOWN else None)
