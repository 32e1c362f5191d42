"""Look at a photo and make its pictures. Runs in a child only: it decodes strangers' files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyvips

from processing import cascade, exif, formats
from processing.opening import Asked, Opened
from processing.reasons import DAMAGED, ENDS_EARLY, TOO_MUCH_MEMORY, Refused


def make_photo(
    source: str,
    target: str,
    format_name: str,
    max_pixels: int,
    *,
    tell: Callable[[dict[str, Any]], object] = lambda told: None,
) -> dict[str, Any]:
    """The facts of a photo, and its pictures as files in the folder `target`. Raises Refused.

    Each picture is told of as soon as it is there.
    """
    pyvips.cache_set_max(0)
    try:
        opened = formats.open_as(format_name, Asked(Path(source), Path(target), max_pixels))
        facts = exif.facts_of(opened.tags, xmp=opened.xmp, iptc=opened.iptc)
        made = cascade.make_pictures(opened, Path(target), tell=tell)
    except pyvips.Error as error:
        raise _refusal(str(error)) from error
    return {
        "kind": "photo",
        "format": opened.format,
        "codec": "",
        "is_animated": opened.is_animated,
        "moving": opened.moving,
        **facts,
        **made,
    }


def make_poster(source: str, target: str) -> dict[str, Any]:
    """Pictures and placeholder of a frame that ffmpeg wrote."""
    pyvips.cache_set_max(0)
    frame = Opened(pyvips.Image.new_from_file(source), Path(source))
    return cascade.make_pictures(frame, Path(target))


def _refusal(message: str) -> Refused:
    said = message.lower()
    if "out of memory" in said or "unable to allocate" in said:
        return Refused(TOO_MUCH_MEMORY, message)
    ends_early = any(word in said for word in ("truncated", "premature", "end of file", "eof"))
    return Refused(ENDS_EARLY if ends_early else DAMAGED, message)
