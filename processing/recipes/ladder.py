"""Plan how a video becomes a ladder of renditions for streaming, made in independent pieces. Pure.

A plan is decided once, from what a probe found, and written down; every job that works on it
reads the same numbers. What comes first is what makes the video playable soonest.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

# A change in how streams look or are cut gets a new number, and with it new keys.
VERSION = 1
SHORT_SIDES = (360, 720, 1080, 2160)
# A size of its own is worth making when it is so much larger than the next one below.
WORTH_MAKING = 1.15
SEGMENT_SECONDS = 2.5
CHUNK_SECONDS = 10.0
# The first rung is cheap: in pieces of 10 s, a tenth of it would be starting programs.
FIRST_CHUNK_SECONDS = 30.0
COPY_CHUNK_SECONDS = 60.0
FASTEST = 60
# What is shown again meanwhile, where frames are far apart.
SLOWEST = 2
# What cannot be sought in is read from its beginning for each piece: then there are few.
MOST_UNINDEXED_CHUNKS = 8
FIRST, REST = "first", "rest"
SOURCE = "source"
AUDIO = "audio"

COPIED_CODECS = {"h264"}
COPIED_PROFILES = {"Constrained Baseline", "Baseline", "Main", "High"}
COPIED_LONG_SIDE = 1920
# Faster than this and a phone on the road stops to load.
COPIED_BITS_PER_SECOND = 25_000_000
COPIED_KEY_FRAME_GAP = 10.0
HIGH_DYNAMIC_RANGE = {16, 18}  # PQ and HLG
AAC_LOW_COMPLEXITY = {"LC", ""}


@dataclass(frozen=True)
class Video:
    """What a probe found. Sizes are upright, in square pixels; colours as numbered by ISO 23091."""

    width: int
    height: int
    duration_seconds: float
    codec: str
    profile: str
    pixel_format: str
    transfer: int
    primaries: int
    matrix: int
    full_range: bool
    square_pixels: bool
    rotation: int
    is_interlaced: bool
    frame_rate: float
    is_even: bool
    is_sparse: bool
    key_frame_gap: float
    bits_per_second: int
    audio_codec: str
    audio_profile: str
    audio_channels: int
    is_indexed: bool = True
    is_mirrored: bool = False

    @property
    def is_high_dynamic_range(self) -> bool:
        return self.transfer in HIGH_DYNAMIC_RANGE


def video_from(probe: Mapping[str, Any]) -> Video:
    return Video(**{name: probe[name] for name in Video.__dataclass_fields__})


@dataclass(frozen=True)
class Rung:
    """One size of a video. `SOURCE` is the original's own picture, copied."""

    name: str
    width: int
    height: int
    bits_per_second: int = 0


@dataclass(frozen=True)
class Chunk:
    """A piece of the time line in seconds, made by one job; the last one has no end."""

    start: float
    end: float | None
    segments: int
    step: float


@dataclass(frozen=True)
class Wave:
    """Rungs that are made together, so that each piece is decoded once for all of them."""

    name: str
    rungs: tuple[Rung, ...]
    chunks: tuple[Chunk, ...]

    @property
    def is_copy(self) -> bool:
        return self.rungs[0].name == SOURCE


@dataclass(frozen=True)
class Plan:
    """Everything that is made of a video, in the order in which it is asked for."""

    video: Video
    waves: tuple[Wave, ...]

    @property
    def track_names(self) -> set[str]:
        pictures = {rung.name for wave in self.waves for rung in wave.rungs}
        return pictures | ({AUDIO} if self.video.audio_codec else set())

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def plan_from(written: Mapping[str, Any]) -> Plan:
    return Plan(
        Video(**written["video"]),
        tuple(
            Wave(
                wave["name"],
                tuple(Rung(**rung) for rung in wave["rungs"]),
                tuple(Chunk(**chunk) for chunk in wave["chunks"]),
            )
            for wave in written["waves"]
        ),
    )


def plan(video: Video, key_frames: Sequence[float], *, may_copy: bool = True) -> Plan:
    """What to make: first what plays soonest, then the rest with one decoding for all of it."""
    sizes = rungs(video.width, video.height, video.frame_rate)
    if may_copy and is_picture_playable(video):
        source = Rung(SOURCE, video.width, video.height)
        short_side = min(video.width, video.height)
        below = tuple(rung for rung in sizes if int(rung.name) * WORTH_MAKING <= short_side)
        steps = [(FIRST, (source,), COPY_CHUNK_SECONDS), (REST, below, CHUNK_SECONDS)]
    else:
        steps = [(FIRST, sizes[:1], FIRST_CHUNK_SECONDS), (REST, sizes[1:], CHUNK_SECONDS)]
    least = 0.0 if video.is_indexed else video.duration_seconds / MOST_UNINDEXED_CHUNKS
    waves = (
        Wave(
            name,
            made,
            chunks(
                video.duration_seconds,
                key_frames,
                max(length, least),
                exact=made[0].name == SOURCE,
            ),
        )
        for name, made, length in steps
        if made
    )
    return Plan(video, tuple(waves))


def rungs(width: int, height: int, frame_rate: float) -> tuple[Rung, ...]:
    """The sizes to encode, smallest first: never enlarged, the source's own too if between."""
    short_side = min(width, height)
    names = [side for side in SHORT_SIDES if side <= short_side]
    top = names[-1] if names else 0
    if short_side < SHORT_SIDES[-1] and (not top or short_side >= top * WORTH_MAKING):
        names.append(even(short_side))
    return tuple(_rung(name, width, height, frame_rate) for name in names)


def _rung(name: int, width: int, height: int, frame_rate: float) -> Rung:
    scale = name / min(width, height)
    size = even(width * scale), even(height * scale)
    return Rung(str(name), *size, most_bits(*size, frame_rate))


def most_bits(width: int, height: int, frame_rate: float) -> int:
    """What a rung may use at its busiest: 4 Mb/s at 1280x720; the finer, the less for a pixel."""
    share = math.pow(width * height / (1280 * 720), 0.75)
    return round(4_000_000 * share * (1.4 if frame_rate > 40 else 1.0) / 1000) * 1000


def chunks(
    seconds: float, key_frames: Sequence[float], length: float, *, exact: bool = False
) -> tuple[Chunk, ...]:
    """Cut a time line into pieces of about a length, none of them tiny.

    Ends fall on key frames of the source where one is near, since decoding begins there anyway;
    with `exact` on nothing else, for what is copied can only be cut there.
    """
    least = min(length / 2, SEGMENT_SECONDS)
    ends: list[float] = []
    wanted = length
    while seconds - wanted >= length / 2:
        end = _snapped(wanted, key_frames, exact=exact)
        if end is not None and least <= end - (ends or [0.0])[-1] and least <= seconds - end:
            ends.append(end)
        wanted += length
    starts = [0.0, *ends]
    return tuple(
        _chunk(start, end, seconds) for start, end in zip(starts, [*ends, None], strict=True)
    )


def _chunk(start: float, end: float | None, seconds: float) -> Chunk:
    """A piece divided evenly: a last segment of one frame makes players wait for ever."""
    lasts = max(0.0, (seconds if end is None else end) - start)
    segments = max(1, round(lasts / SEGMENT_SECONDS))
    return Chunk(start, end, segments, round(lasts / segments, 6) or SEGMENT_SECONDS)


def _snapped(wanted: float, key_frames: Sequence[float], *, exact: bool) -> float | None:
    near = _nearest(wanted, key_frames)
    if near is not None and (exact or abs(near - wanted) <= SEGMENT_SECONDS / 2):
        return near
    return None if exact else wanted


def _nearest(wanted: float, ordered: Sequence[float]) -> float | None:
    at = bisect_left(ordered, wanted)
    return min(ordered[max(0, at - 1) : at + 1], key=lambda each: abs(each - wanted), default=None)


def is_picture_playable(video: Video) -> bool:
    """Whether every browser plays the picture as it is, and can begin it anywhere."""
    return (
        video.codec in COPIED_CODECS
        and video.profile in COPIED_PROFILES
        and video.pixel_format in {"yuv420p", "yuvj420p"}
        and not video.is_high_dynamic_range
        and not video.is_interlaced
        and not video.is_sparse
        and video.square_pixels
        and video.rotation == 0
        and not video.is_mirrored
        and max(video.width, video.height) <= COPIED_LONG_SIDE
        and video.width % 2 == video.height % 2 == 0
        and video.frame_rate <= FASTEST + 1
        and 0 < video.bits_per_second <= COPIED_BITS_PER_SECOND
        and 0 < video.key_frame_gap <= COPIED_KEY_FRAME_GAP
    )


def is_sound_playable(video: Video) -> bool:
    """Whether every browser plays the sound as it is."""
    is_plain_aac = video.audio_codec == "aac" and video.audio_profile in AAC_LOW_COMPLEXITY
    return is_plain_aac and video.audio_channels in {1, 2}


def shown_rate(video: Video) -> Fraction | None:
    """Frames per second to make of an uneven or too fast video; None to keep every frame's time."""
    rate = (
        Fraction(video.frame_rate).limit_denominator(1001) if video.frame_rate > 0 else Fraction(30)
    )
    if rate > FASTEST + 1:
        return rate / math.ceil(rate / FASTEST)
    return max(Fraction(SLOWEST), min(rate, Fraction(30))) if video.is_sparse else None


def even(length: float) -> int:
    """H.264 stores colours for pairs of pixels."""
    return max(2, round(length) // 2 * 2)
