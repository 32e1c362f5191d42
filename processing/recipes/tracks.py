"""Join the pieces of a rung into one track: which bytes are played when. Pure.

Nothing is written anew: a track is a list of byte ranges in the files of its pieces, and fits
together because every piece kept the times of the source.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from processing.recipes.ladder import SEGMENT_SECONDS


class Empty(Exception):
    """There is nothing in any piece."""


class Mismatch(Exception):
    """Pieces were not made alike: one head cannot open them all."""


class Segment(NamedTuple):
    """Bytes of one file, and how long they play. The head of a track plays for none."""

    file: str
    offset: int
    length: int
    seconds: float


class Track(NamedTuple):
    """What a player must know of a track; bits per second at its busiest and on average.

    It ends later than it is long when its first picture comes after the sound has begun.
    """

    codecs: str
    segments: list[Segment]
    bandwidth: int
    average_bandwidth: int
    seconds: float
    ends_at: float
    frames: int
    size_bytes: int


class _Fragment(NamedTuple):
    file: str
    offset: int
    length: int
    start: float
    seconds: float
    frames: int


def file_name(number: int) -> str:
    return f"{number:05}.m4s"


def join(pieces: Sequence[Mapping[str, Any]]) -> Track:
    """The track of pieces in order; those behind the end are empty.

    Raises Empty, and Mismatch when one of them was made otherwise.
    """
    filled = [piece for piece in pieces if piece["pieces"]]
    if not filled:
        raise Empty
    heads = {piece["head"]["sha256"] for piece in filled}
    if len(heads) != 1:
        raise Mismatch(f"{len(heads)} different heads in {len(pieces)} pieces")
    head = filled[0]["head"]
    fragments = [
        _Fragment(file_name(number), offset, length, start / timescale, ticks / timescale, frames)
        for number, piece in enumerate(pieces)
        if piece["pieces"]
        for timescale in [piece["head"]["timescale"]]
        for offset, length, start, ticks, frames in piece["pieces"]
    ]
    segments = list(_segments(fragments))
    seconds = sum(segment.seconds for segment in segments)
    size = head["length"] + sum(segment.length for segment in segments)
    return Track(
        codecs=head["codecs"],
        segments=[Segment(fragments[0].file, 0, head["length"], 0.0), *segments],
        bandwidth=max(_bits(segment.length, segment.seconds) for segment in segments),
        average_bandwidth=_bits(size, seconds),
        seconds=seconds,
        ends_at=fragments[-1].start + fragments[-1].seconds,
        frames=sum(fragment.frames for fragment in fragments),
        size_bytes=size,
    )


def _segments(fragments: Sequence[_Fragment]) -> Iterator[Segment]:
    """Fragments of one file together while they are short; each lasts until the next begins."""
    begin, length = fragments[0], 0
    for fragment, after in zip(fragments, [*fragments[1:], None], strict=True):
        length += fragment.length
        ends = after.start if after else fragment.start + fragment.seconds
        lasts = ends - begin.start
        if after is None or after.file != begin.file or lasts >= SEGMENT_SECONDS / 2:
            yield Segment(begin.file, begin.offset, length, round(lasts, 6))
            if after:
                begin, length = after, 0


def _bits(size_bytes: int, seconds: float) -> int:
    return round(size_bytes * 8 / max(seconds, 0.001))
