"""What a sound file says of itself, in the names that ffmpeg gives. Pure.

ID3, Vorbis comments and the atoms of MP4 name the same things; some write them in capitals.
"""

from collections.abc import Mapping
from typing import Any

from processing.recipes.facts import quicktime, values
from processing.recipes.facts.values import text


def facts(metadata: Mapping[str, str]) -> dict[str, Any]:
    """As of a video, but who made it instead of comments, and what kind of music it is.

    The year of a record alone is no date.
    """
    said = {**{name.lower(): value for name, value in metadata.items()}, **metadata}
    makers = (text(said.get(name, "")) for name in ("artist", "album"))
    return {
        **quicktime.facts(said),
        "description": values.description(
            said.get("title", ""), ", ".join(maker for maker in makers if maker)
        ),
        "keywords": values.keywords(said.get("genre", "")[:1000].split(";")),
    }
