"""What is known of the place in a file, and the bytes that hide it.

`MediaInfo.privacy` holds it: `version` of this knowledge (`recipes.versions.HIDING`), `patches`,
and `why` the place cannot be hidden, empty when it can. Nothing is known until somebody needs it,
and a worker looks (`processing.whereabouts`).
"""

from typing import Literal

from processing.models import MediaInfo
from processing.recipes import versions
from processing.recipes.patches import Overlay

State = Literal["unknown", "plain", "hidden", "closed"]


def state_of(info: MediaInfo | None) -> State:
    """Unknown; plain, if the file names no place; hidden, if patches hide it; or closed."""
    if info is None:
        # What could not even be recognised.
        return "closed"
    if info.privacy.get("version") != versions.HIDING:
        return "unknown"
    if info.privacy["why"]:
        return "closed"
    return "hidden" if info.privacy["patches"] else "plain"


def overlay_of(info: MediaInfo) -> Overlay:
    """What hides the place. Raises ValueError while that is not known, or cannot be."""
    if state_of(info) not in {"plain", "hidden"}:
        raise ValueError(f"the place in blob {info.pk} is {state_of(info)}")
    return Overlay(info.privacy["patches"])
