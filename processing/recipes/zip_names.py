"""Names that every system can unpack: safe on Windows, one of a kind on macOS. Pure."""

import re
import unicodedata
from pathlib import PurePosixPath

# A path of three such names stays below the 255 bytes and 260 letters that systems allow.
LONGEST_BYTES = 120
# Marks that turn the direction of writing can disguise a program as a picture.
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
# Windows opens a device when it reads these, whatever their ending.
DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE
)


def safe(name: str) -> str:
    """One name of a path, as close to the given one as every system allows; never empty."""
    composed = unicodedata.normalize("NFC", name).encode("utf-8", "replace").decode()
    clean = FORBIDDEN.sub("_", composed).strip().rstrip(". ")
    if DEVICE.match(clean) or clean.startswith("."):
        clean = f"_{clean}"
    return _cut(clean, LONGEST_BYTES) or "Untitled"


class Folder:
    """The names in one folder. A disk may not tell A from a, or é from é."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def place(self, name: str, *, beside: tuple[str, ...] = ()) -> str:
        """The name, or with a number if it is taken. `beside` are endings it needs room for too."""
        wanted = safe(name)
        number = self._next.get(_key(wanted), 1)
        free = _numbered(wanted, number)
        while self._is_taken(free, beside):
            number += 1
            free = _numbered(wanted, number)
        self._next[_key(wanted)] = number
        self._taken.update(_key(free + ending) for ending in ("", *beside))
        return free

    def _is_taken(self, name: str, beside: tuple[str, ...]) -> bool:
        return any(_key(name + ending) in self._taken for ending in ("", *beside))


def _numbered(name: str, number: int) -> str:
    if number == 1:
        return name
    stem, suffix = _split(name)
    mark = f" ({number}){suffix}"
    return _cut(stem, LONGEST_BYTES - len(mark.encode())) + mark


def _key(name: str) -> str:
    return unicodedata.normalize("NFD", name.casefold())


def _split(name: str) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    return (name[: -len(suffix)], suffix) if 0 < len(suffix) <= 10 else (name, "")


def _cut(name: str, most_bytes: int) -> str:
    """So many bytes of UTF-8 at most, without half a letter, with its ending."""
    if len(name.encode()) <= most_bytes:
        return name
    stem, suffix = _split(name)
    room = max(1, most_bytes - len(suffix.encode()))
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + suffix
