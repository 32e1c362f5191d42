"""What is known of an item, as label and words for its information panel."""

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import NamedTuple

from django.template.defaultfilters import filesizeformat
from django.utils import formats

from albums.models import Item
from processing.models import MediaInfo


class Fact(NamedTuple):
    """`link` is an address that a device may open in its own map, or empty."""

    label: str
    words: str
    link: str = ""


def of(item: Item, *, with_place: bool = True) -> list[Fact]:
    """One query. What is not known is left out; the place too, for eyes it is not meant for."""
    info = MediaInfo.objects.filter(blob=item.blob_id).first()
    return [*_file(item, info), *(_camera(info, with_place=with_place) if info else [])]


def _file(item: Item, info: MediaInfo | None) -> Iterator[Fact]:
    yield Fact("Taken" if info and info.taken_at else "Added", _date(item, info))
    if item.width and item.height:
        megapixels = item.width * item.height / 1e6
        size = f"{item.width} by {item.height}"
        yield Fact(
            "Dimensions", f"{size}, {megapixels:.1f} megapixels" if item.kind == "photo" else size
        )
    kind = f"{info.format.upper()}, " if info else ""
    yield Fact("File", kind + filesizeformat(item.blob.size_bytes))


def _camera(info: MediaInfo, *, with_place: bool) -> Iterator[Fact]:
    if info.camera:
        yield Fact("Camera", info.camera)
    if info.lens:
        yield Fact("Lens", info.lens)
    if info.exposure:
        yield Fact("Exposure", info.exposure)
    if with_place and info.latitude is not None and info.longitude is not None:
        place = f"{info.latitude:.5f}, {info.longitude:.5f}"
        yield Fact("Place", place, f"geo:{info.latitude:.6f},{info.longitude:.6f}")


def _date(item: Item, info: MediaInfo | None) -> str:
    """In the clock of where it was taken, if the file says how far from UTC that was."""
    offset = info.taken_offset_minutes if info else None
    when = item.taken_at.astimezone(timezone(timedelta(minutes=offset or 0)))
    words = formats.date_format(when, "l, j F Y, H:i")
    return f"{words} UTC{when.isoformat()[-6:]}" if offset else words
