"""The picture formats: one module for each family, which is the only place that knows it.

Each module here has a FAMILY, and nothing else need be told of it. What several share is in
`processing.opening`. Decoders that few files need are imported when such a file comes.
"""

from importlib import import_module
from pkgutil import iter_modules

from processing.opening import Asked, Family, Opened
from processing.recipes.formats import AUDIO, PHOTO, VIDEO, Format, brands_of, is_audio, is_video

_MODULES = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
FAMILIES: dict[str, Family] = {module.FAMILY.name: module.FAMILY for module in _MODULES}


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins so, or None when it is none of ours."""
    if family := _by_brand(head) or _by_first_bytes(head):
        return Format(PHOTO, family.name)
    if is_video(head):
        return VIDEO
    return AUDIO if is_audio(head) else None


def open_as(name: str, asked: Asked) -> Opened:
    """Open a file as its first bytes say it is. Raises Refused and pyvips.Error."""
    opened = FAMILIES[name].open(asked)
    opened.format = opened.format or name
    return opened


def _by_brand(head: bytes) -> Family | None:
    for brand in brands_of(head):
        for family in FAMILIES.values():
            if brand in family.brands:
                return family
    return None


def _by_first_bytes(head: bytes) -> Family | None:
    """The longest beginning decides: some raw files begin as a TIFF and go on."""
    found = {
        len(match[0]): family
        for family in FAMILIES.values()
        if family.begins and (match := family.begins.match(head))
    }
    return found[max(found)] if found else None
