"""What players fetch to play an item: playlists and storyboards, written when they are asked for.

Their addresses of bytes are the same within a window of time, and so are they. Nothing here
asks whether somebody may see the item: callers do, before.
"""

from typing import NamedTuple

from albums.models import Item
from mediashare.storage import delivery
from processing.models import Rendition, Track
from processing.recipes import playlist, webvtt


class NothingToPlay(Exception):
    """The item is no video, or nothing of the kind has been made of it yet."""


class Document(NamedTuple):
    """What is answered, and what kind of text it is."""

    text: str
    content_type: str


def document(item: Item, file: str) -> Document:
    """`master.m3u8`, a track's name with `.m3u8`, or `storyboard.vtt`. Raises NothingToPlay."""
    if file == "storyboard.vtt":
        return Document(storyboard(item), webvtt.CONTENT_TYPE)
    if file == "master.m3u8":
        return Document(master(item), playlist.CONTENT_TYPE)
    name = file.removesuffix(".m3u8")
    return Document(media(item, name), playlist.CONTENT_TYPE)


def master(item: Item) -> str:
    """The playlist of an item's tracks. One query. Raises NothingToPlay."""
    tracks = list(Track.objects.filter(blob=item.blob_id).defer("segments"))
    if not any(track.width for track in tracks):
        raise NothingToPlay
    is_finished = item.state != Item.State.PROCESSING
    return playlist.master([_stream(track) for track in tracks], is_finished=is_finished)


def media(item: Item, name: str) -> str:
    """The playlist of one track's pieces, all addresses signed. One query. Raises NothingToPlay."""
    track = Track.objects.filter(blob=item.blob_id, name=name).first()
    if track is None:
        raise NothingToPlay
    segments = [playlist.Segment(*segment) for segment in track.segments]
    return playlist.media(
        segments, address=lambda file: delivery.rendition_url(f"{track.prefix}{file}")
    )


def storyboard(item: Item) -> str:
    """Which small frame stands for which seconds. One query. Raises NothingToPlay."""
    sheets = Rendition.objects.filter(blob=item.blob_id, role=Rendition.Role.STORYBOARD)
    made = sheets.exclude(sheet={}).first()
    if made is None:
        raise NothingToPlay
    address = delivery.rendition_url(made.key)
    sheet = webvtt.Sheet(**made.sheet)
    return webvtt.storyboard(sheet, address=address, seconds=item.duration_seconds or 0)


def _stream(track: Track) -> playlist.Stream:
    fields = playlist.Stream.__dataclass_fields__
    return playlist.Stream(**{name: getattr(track, name) for name in fields})
