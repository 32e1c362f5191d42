"""How a stream is described to players: playlists of HTTP Live Streaming (RFC 8216). Pure.

A master playlist names the tracks, a media playlist the pieces of one. Nothing here knows
where bytes are: callers say what the address of a track or file is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

CONTENT_TYPE = "application/vnd.apple.mpegurl"
# Movie fragments with a head of their own (EXT-X-MAP) came with the seventh version.
VERSION = 7
# Told to players that come back for what is still being made.
UNFINISHED = "org.mediashare.unfinished"
SOUND = "sound"


@dataclass(frozen=True)
class Stream:
    """One track. Bits per second; width and height are 0 for sound."""

    name: str
    codecs: str
    bandwidth: int
    average_bandwidth: int
    width: int = 0
    height: int = 0
    frame_rate: float | None = None


class Segment(NamedTuple):
    """Some bytes of a file. The head of a track lasts no time."""

    file: str
    offset: int
    length: int
    seconds: float


def master(streams: Sequence[Stream], *, is_finished: bool) -> str:
    """The tracks of a video, smallest first; sound goes with every picture.

    A track is at its name with `.m3u8`, beside the master playlist itself.
    """
    sounds = [stream for stream in streams if not stream.width]
    pictures = sorted((s for s in streams if s.width), key=lambda stream: stream.bandwidth)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if not is_finished:
        lines.append(f'#EXT-X-SESSION-DATA:DATA-ID="{UNFINISHED}",VALUE="yes"')
    lines += [_sound(sound, number) for number, sound in enumerate(sounds, start=1)]
    for picture in pictures:
        lines += [_picture(picture, sounds), f"{picture.name}.m3u8"]
    return _text(lines)


def media(segments: Sequence[Segment], *, address: Callable[[str], str]) -> str:
    """The pieces of one track, from its head on. Asks for the address of each file once."""
    head, *pieces = segments
    known = {file: address(file) for file in dict.fromkeys(segment.file for segment in segments)}
    longest = max((piece.seconds for piece in pieces), default=0)
    return _text(
        [
            "#EXTM3U",
            f"#EXT-X-VERSION:{VERSION}",
            f"#EXT-X-TARGETDURATION:{max(1, ceil(longest))}",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-PLAYLIST-TYPE:VOD",
            f'#EXT-X-MAP:URI="{known[head.file]}",BYTERANGE="{head.length}@{head.offset}"',
            *(line for piece in pieces for line in _piece(piece, known[piece.file])),
            "#EXT-X-ENDLIST",
        ]
    )


def _piece(piece: Segment, address: str) -> Iterator[str]:
    yield f"#EXTINF:{piece.seconds:.6f},"
    yield f"#EXT-X-BYTERANGE:{piece.length}@{piece.offset}"
    yield address


def _sound(sound: Stream, number: int) -> str:
    name = "Sound" if number == 1 else f"Sound {number}"
    default = "YES" if number == 1 else "NO"
    return (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{SOUND}",NAME="{name}",DEFAULT={default},'
        f'AUTOSELECT=YES,URI="{sound.name}.m3u8"'
    )


def _picture(picture: Stream, sounds: Sequence[Stream]) -> str:
    """What somebody downloads who watches it with its sound."""
    codecs = dict.fromkeys([picture.codecs, *(sound.codecs for sound in sounds)])
    bandwidth = picture.bandwidth + max((sound.bandwidth for sound in sounds), default=0)
    average = picture.average_bandwidth + max((s.average_bandwidth for s in sounds), default=0)
    attributes = [
        f"BANDWIDTH={bandwidth}",
        f"AVERAGE-BANDWIDTH={average}",
        f'CODECS="{",".join(codecs)}"',
        f"RESOLUTION={picture.width}x{picture.height}",
        *([f"FRAME-RATE={picture.frame_rate:.3f}"] if picture.frame_rate else []),
        *([f'AUDIO="{SOUND}"'] if sounds else []),
    ]
    return f"#EXT-X-STREAM-INF:{','.join(attributes)}"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
