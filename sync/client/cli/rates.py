"""How sizes a second are typed: `500KB`, `2MB`, `1.5M`, or 0 for no limit."""

import re
from typing import Any

import click

UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}


class Rate(click.ParamType[int]):
    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes a second."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMG]?)(?:B?|B/s)", str(value), re.IGNORECASE)
        if found is None:
            self.fail(f"{value!r} is no rate, as 500KB or 2MB.", param, ctx)
        return round(float(found[1]) * UNITS[found[2].upper()])


RATE = Rate()
