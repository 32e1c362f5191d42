"""Names of entries: when two are the same, and which one is free. Text only."""

import re
import unicodedata
from collections.abc import Callable, Container
from datetime import date
from itertools import count

# What is on its way from one name to another, because that one is still taken.
PARKED = ".mediashare-parked-"
LONGEST_BYTES = 255
# Of a device's name so much goes into the names of copies.
LONGEST_DEVICE_BYTES = 60
# What some system or other has in no name.
_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def spelled(name: str) -> str:
    """A name as the service keeps it. Systems spell letters with accents in different ways.

    Unicode Standard Annex 15, normalisation form C.
    """
    return unicodedata.normalize("NFC", name)


def folded(name: str) -> str:
    """What a disk compares that takes no notice of capitals."""
    return spelled(spelled(name).casefold())


def parked(name: str, taken: Callable[[str], bool]) -> str:
    """A name for what is on its way from this one, or to it."""
    for number in count():
        wanted = _cut(f"{PARKED}{number}-{name}", LONGEST_BYTES)
        if not taken(wanted):
            return wanted
    raise AssertionError("Numbers do not end.")


def is_parked(name: str) -> bool:
    return name.startswith(PARKED)


def unparked(name: str) -> str:
    """What a parked entry was called."""
    return name.removeprefix(PARKED).partition("-")[2] or name


def remark(device: str, day: date) -> str:
    """What tells a copy apart from others: of which device it is, and since when.

    Devices are called as people like; of that stays what every system has in names. There are no
    round brackets in it, by which it is found again.
    """
    fit = _UNFIT.sub("-", spelled(device)).translate(str.maketrans("()", "[]"))
    return f"{_cut(fit, LONGEST_DEVICE_BYTES).strip() or 'a device'}, {day:%Y-%m-%d}"


def beside(name: str, remark: str, taken: Container[str]) -> str:
    """A name for what cannot have its own: `notes (remark).txt`, numbered until it is free.

    `taken` holds folded names. The remark stands before the last ending, and long names lose of
    their stem what a disk could not hold.
    """
    stem, ending = _parts(spelled(name))
    for number in count(1):
        addition = f" ({remark})" if number == 1 else f" ({remark} {number})"
        room = LONGEST_BYTES - len((addition + ending).encode())
        wanted = _cut(stem, room) + addition + ending
        if folded(wanted) not in taken:
            return wanted
    raise AssertionError("Numbers do not end.")


def _parts(name: str) -> tuple[str, str]:
    """Stem and ending; `.profile` and folders' `2024.` have none, `a.tar.gz` has `.tar.gz`."""
    found = re.search(r"(?<=[^.])((?:\.tar)?\.[^.\s]{1,12})$", name)
    return (name[: found.start()], found.group()) if found else (name, "")


def _cut(text: str, length: int) -> str:
    """The beginning of a text that fits into so many bytes of UTF-8."""
    return text.encode()[: max(0, length)].decode(errors="ignore")
