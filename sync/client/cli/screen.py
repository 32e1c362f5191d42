"""How commands speak: to a person at a terminal, to a script, or to nobody, as in cron.

What was asked for goes to standard output, trouble to standard error. News of what is being done
are told at a terminal only. With `--json` standard output holds JSON, one object on each line.
"""

import sys
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
import msgspec

# Marks that change in which direction text is read: Unicode Standard Annex 9.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SIZES = ("bytes", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Screen:
    """`is_watched`: what is told is wanted. `has_bars`: there is a terminal. `is_json`: a script
    reads.
    """

    is_json: bool = False
    is_watched: bool = False
    has_bars: bool = False

    @classmethod
    def of_this_process(cls, *, is_json: bool, is_quiet: bool, is_verbose: bool) -> "Screen":
        is_watched = is_verbose or (sys.stdout.isatty() and not is_quiet)
        has_bars = sys.stderr.isatty() and not (is_quiet or is_json)
        return cls(is_json, is_watched and not is_json, has_bars)

    def tell(self, text: str) -> None:
        """News of what is being done."""
        if self.is_watched:
            click.echo(plain(text))

    def show(self, text: str) -> None:
        """What was asked for."""
        if not self.is_json:
            click.echo(plain(text))

    def data(self, **facts: Any) -> None:
        """The same for a script: times as RFC 3339, sizes in bytes."""
        if self.is_json:
            click.echo(msgspec.json.encode(facts))

    def warn(self, text: str) -> None:
        """Trouble. Also in cron, which mails it."""
        click.echo(plain(text), err=True)


def plain(text: str) -> str:
    """A line as it may be shown, whatever others called their files.

    What a terminal would obey, what begins another line and what turns a line around is written
    out, as `\\x1b`.
    """
    if text.isprintable():
        return text
    return "".join(
        each.encode("unicode_escape").decode()
        if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} or each in TURNING
        else each
        for each in text
    )


def size_text(size_bytes: float) -> str:
    """As 1.2 MB."""
    unit = 0
    while size_bytes >= 1000 and unit < len(SIZES) - 1:
        size_bytes /= 1000
        unit += 1
    return f"{size_bytes:.{min(unit, 1)}f} {SIZES[unit]}"


def time_text(time: datetime) -> str:
    """On the clock of whoever reads it."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def count_text(count: int, one: str, many: str = "") -> str:
    """As `1 file` or `3 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
