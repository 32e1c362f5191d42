"""Which of some photos that look alike is best, and what differs between them. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.template.defaultfilters import filesizeformat
from django.utils import formats

from albums.models import Item


class Trait(NamedTuple):
    """Something that is known of a photo, and whether it is otherwise with another of the group."""

    label: str
    words: str
    differs: bool


def best_of(items: Iterable[Item]) -> Item:
    """The one with most pixels, then most bytes, then the earliest."""
    return min(
        items,
        key=lambda item: (
            -item.width * item.height,
            -item.blob.size_bytes,
            item.taken_at,
            item.added_at,
            item.pk.bytes,
        ),
    )


def traits_of(
    items: Sequence[Item], albums: dict[UUID, list[str]] | None = None
) -> list[list[Trait]]:
    """For each item in turn its traits, in one order for all. `albums` are titles by item."""
    told = [_told(item, (albums or {}).get(item.pk, [])) for item in items]
    differing = {label for label in told[0] if len({traits[label] for traits in told}) > 1}
    known = [label for label in told[0] if any(traits[label] for traits in told)]
    return [
        [Trait(label, traits[label] or "None", label in differing) for label in known]
        for traits in told
    ]


def summary(traits: list[list[Trait]]) -> str:
    """What differs between photos, in a sentence."""
    labels = [trait.label.lower() for trait in traits[0] if trait.differs]
    if not labels:
        return "Nothing that is known of them differs."
    *most, last = labels
    return f"Differ in {', '.join(most)} and {last}." if most else f"Differ in {last} only."


def _told(item: Item, albums: list[str]) -> dict[str, str]:
    info = getattr(item.blob, "media_info", None)
    return {
        "Pixels": f"{item.width} by {item.height}",
        "Size": filesizeformat(item.blob.size_bytes),
        "Format": info.format.upper() if info else "",
        "Taken": formats.date_format(item.taken_at, "j F Y, H:i:s"),
        "Camera": info.camera if info else "",
        "Name": item.name,
        "Albums": ", ".join(albums),
    }
