"""Which items a film can show, and a sentence about the rest. Nothing here asks the database."""

from collections.abc import Mapping

from django.db.models import Q

from albums.models import Item

SEEN = ("photo", "video")


def showable(path: str = "") -> Q:
    """Items with pictures that are ready, found by their own fields or along a path."""
    return Q(**{f"{path}state": Item.State.READY, f"{path}kind__in": SEEN})


def can_be_shown(item: Item) -> bool:
    return item.state == Item.State.READY and item.kind in SEEN


def left_out(counts: Mapping[tuple[str, str], int]) -> str:
    """Why some stay out, by state and kind; empty when none do."""
    pending = failed = sounds = 0
    for (state, kind), count in counts.items():
        if state == Item.State.PROCESSING:
            pending += count
        elif state == Item.State.FAILED:
            failed += count
        elif kind not in SEEN:
            sounds += count
    reasons = [
        (pending, "is still being prepared", "are still being prepared"),
        (failed, "could not be shown", "could not be shown"),
        (sounds, "has only sound, which can be its music", "have only sound, which can be music"),
    ]
    said = [f"{count} {one if count == 1 else many}" for count, one, many in reasons if count]
    return f"Left out: {', '.join(said)}." if said else ""
