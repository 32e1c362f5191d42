"""What is known of an item, as label and words for its information panel."""

from collections.abc import Iterator
from typing import NamedTuple

from django.template.defaultfilters import filesizeformat
from django.utils import formats

from albums.models import Item
from albums.pictures import Picture
from processing.models import MediaInfo
from processing.recipes.facts.dates import DAY_ALONE, UTC_ALONE

SOURCES = {
    "exif": "by the camera's clock",
    "digitized": "by the clock of what digitized it",
    "xmp": "as a program wrote into it",
    "iptc": "as a program wrote into it",
    "created": "when a program made it",
    "quicktime": "by the camera's clock",
    "container": "as the file says",
    "gps": "by the satellites",
    "name": "by the file's name",
    "changed": "when a program last changed it",
    "modified": "when the file was last changed",
    "upload": "when it was uploaded",
}
# What FFmpeg calls some files is not what people call them.
FORMATS = {"mov": "MP4 or QuickTime", "matroska": "Matroska or WebM"}
SET_BY_OWNER = "as you set it"
# Of an icon nobody asks how many it has.
SAID_MEGAPIXELS = 0.1


class Fact(NamedTuple):
    """`link` is an address that a device may open in its own map, or empty; `note` is small."""

    label: str
    words: str
    link: str = ""
    note: str = ""


def of(item: Item, *, for_visitor: bool = False, with_place: bool = False) -> list[Fact]:
    """One query. What is not known is left out; of a visitor's, where it was and what is private.

    A visitor learns neither time zone nor what its owner thinks of it, and the place only
    `with_place`.
    """
    info = MediaInfo.objects.filter(blob=item.blob_id).first()
    return [
        _date(item, info, for_visitor=for_visitor),
        *([] if for_visitor and not with_place else _place(item)),
        *_words(item, info, for_visitor=for_visitor),
        *_file(item, info),
        *(_camera(info) if info else []),
    ]


def _date(item: Item, info: MediaInfo | None, *, for_visitor: bool) -> Fact:
    source = info.date_source if info and "date" not in item.corrected else ""
    is_day = source.endswith(DAY_ALONE)
    words = formats.date_format(item.clock, "l, j F Y" if is_day else "l, j F Y, H:i")
    done = "Dated" if item.kind == "audio" else "Taken"
    label = done if info or "date" in item.corrected else "Added"
    if for_visitor:
        return Fact(label, words)
    return Fact(label, words + ("" if is_day else _zone(item, source)), note=_source(item, source))


def _zone(item: Item, source: str) -> str:
    if item.taken_offset_minutes is None:
        return " UTC" if source.endswith(UTC_ALONE) else ""
    return f" UTC{item.clock.isoformat()[-6:]}"


def _source(item: Item, source: str) -> str:
    if "date" in item.corrected:
        return SET_BY_OWNER
    return SOURCES.get(source.partition("-")[0], "")


def _place(item: Item) -> Iterator[Fact]:
    note = SET_BY_OWNER if "place" in item.corrected else ""
    link = ""
    if item.latitude is not None and item.longitude is not None:
        link = f"geo:{item.latitude:.6f},{item.longitude:.6f}"
        spot = f"{item.latitude:.5f}, {item.longitude:.5f}"
        note = f"{spot}, {note}" if note else spot
    if item.place or link:
        yield Fact("Place", item.place or "Far from everything", link, note)
    elif note:
        yield Fact("Place", "None", note=note)


def _words(item: Item, info: MediaInfo | None, *, for_visitor: bool) -> Iterator[Fact]:
    if item.description:
        yield Fact("Description", item.description)
    if for_visitor:
        return
    if item.keywords:
        yield Fact("Keywords", ", ".join(item.keywords))
    if info and info.rating:
        yield Fact("Rating", f"{info.rating} of 5")


def _file(item: Item, info: MediaInfo | None) -> Iterator[Fact]:
    if item.width and item.height:
        megapixels = item.width * item.height / 1e6
        size = f"{item.width} by {item.height}"
        is_large = item.kind == "photo" and megapixels >= SAID_MEGAPIXELS
        yield Fact("Dimensions", f"{size}, {megapixels:.1f} megapixels" if is_large else size)
    if item.kind in {"video", "audio"} and item.duration_seconds:
        yield Fact("Length", Picture(item).duration_text)
    kind = f"{FORMATS.get(info.format, info.format.upper())}, " if info else ""
    yield Fact("File", kind + filesizeformat(item.blob.size_bytes))


def _camera(info: MediaInfo) -> Iterator[Fact]:
    if info.camera:
        yield Fact("Camera", info.camera)
    if info.lens:
        yield Fact("Lens", info.lens)
    if info.exposure:
        yield Fact("Exposure", info.exposure)
