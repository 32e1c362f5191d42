"""Look at a sound file without decoding it, and take its cover out. Runs in a child only."""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from processing import probe
from processing.reasons import NOT_MEDIA, SOUND_DAMAGED, Refused
from processing.recipes import recording
from processing.recipes.facts import gathering
from processing.recipes.hiding import exif, words
from processing.recipes.hiding.boxes import CannotBeHidden

# These only guess how long they are, from how large they are.
GUESSING = {"mp3", "aac", "amr"}
# What is larger is no picture of a cover.
LARGEST_COVER = 2**25
# Names of tags about places, and coordinates as ISO 6709 writes them.
PLACES = re.compile(r"gps|geo|location|latitude|longitude|coordinate|city|country", re.IGNORECASE)
COORDINATES = re.compile(r"[+-]\d{1,3}\.\d+,? ?[+-]?\d{1,3}\.\d")


def look_at_sound(file: Any, cover: str) -> dict[str, Any]:
    """The facts of a sound file, ready for JSON; its cover, if it has one, as a file as it is.

    Raises Refused.
    """
    with probe.opened(file, recording.FORMATS) as container:
        if probe.moving_picture_in(container):
            raise Refused(NOT_MEDIA, f"a video in {container.format.name}")
        _take_cover(container, cover)
        sound = _sound(container)
        return {
            "kind": "audio",
            "format": container.format.name.split(",")[0],
            "codec": sound.codec,
            "width": 0,
            "height": 0,
            "duration_seconds": sound.seconds,
            "sound": sound.to_json(),
            **gathering.of_sound(_tags(container)),
        }


def look_for_place(path: str) -> dict[str, Any]:
    """What `hiding` says of a file: no patches if it names no place, else why it cannot be said.

    Tags and covers may be written in ways that cannot be overwritten where they are.
    """
    try:
        with probe.opened(path, recording.FORMATS) as container:
            named = any(
                PLACES.search(name) or COORDINATES.search(value)
                for name, value in _tags(container).items()
            )
            named = named or any(map(_names_place, _pictures(container)))
        with (
            Path(path).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            named = named or _names_place(data)
    except (CannotBeHidden, ValueError) as why:
        return {"patches": [], "why": str(why)}
    return {"patches": [], "why": "a sound file that names its place" if named else ""}


def _names_place(data: bytes | mmap.mmap) -> bool:
    """Whether EXIF, XMP or IPTC anywhere in these bytes does."""
    return any(exif.patches(data)) or any(words.patches(data))


def _pictures(container: InputContainer) -> Iterator[bytes]:
    for stream in container.streams.video:
        packet = next(container.demux(stream), None)
        yield bytes(packet) if packet else b""


def seconds_of(path: str) -> float:
    """How long a file is that this service made. Raises Refused."""
    with probe.opened(path, recording.FORMATS) as container:
        return probe.duration_of(container, container.streams.audio[0])


def _sound(container: InputContainer) -> recording.Sound:
    stream = probe.sound_of(container)
    if stream is None:
        raise Refused(SOUND_DAMAGED, f"no sound in {container.format.name}")
    context = stream.codec_context
    if context.sample_rate < recording.SLOWEST_RATE:
        raise Refused(SOUND_DAMAGED, f"{context.sample_rate} samples in a second")
    return recording.Sound(
        track=list(container.streams.audio).index(stream),
        codec=context.codec.canonical_name,
        profile=str(context.profile or ""),
        channels=context.channels,
        sample_rate=context.sample_rate,
        seconds=probe.duration_of(container, stream),
        is_promised=container.format.name not in GUESSING,
    )


def _tags(container: InputContainer) -> dict[str, str]:
    """Some containers have them for the file, some for the sound in it."""
    stream = probe.sound_of(container)
    return {**(stream.metadata if stream else {}), **container.metadata}


def _take_cover(container: InputContainer, target: str) -> None:
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            packet = next(container.demux(stream), None)
            if packet and 0 < packet.size <= LARGEST_COVER:
                Path(target).write_bytes(bytes(packet))
            return
