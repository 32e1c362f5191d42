"""Look at a video without decoding more than a frame. Runs in a child only.

The file may be anything that can be read and sought in, so a 10 GB original is looked at by
its index and a few pieces.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from processing.reasons import NO_PICTURE, SOUND_DAMAGED, VIDEO_DAMAGED, Refused
from processing.recipes.facts import gathering, values
from processing.recipes.video import FORMATS

OPTIONS = {
    "protocol_whitelist": "file",
    # Old containers leave out times that follow from others.
    "fflags": "+genpts",
}
READ_BYTES = 2**18
QUARTER_TURNS = {90, 270}
# A longer list would not fit into a child's answer, and so many are not needed to cut well.
MOST_KEY_FRAMES = 20_000
# Frames further apart than this are shown again meanwhile, so that players do not stop.
FURTHEST_APART_SECONDS = 0.5
# These have a list of all frames in front or at the end; others find out while they are read.
INDEXED = {"mov", "matroska", "avi"}
WHOLE_INDEX = {"mov"}
# Without a list these are read from the beginning to wherever somebody wants to be.
NEEDS_INDEX = {"matroska", "flv"}
UNSPECIFIED = 2


@contextmanager
def opened(file: Any, formats: str = FORMATS) -> Iterator[InputContainer]:
    """A container of one of these formats. Raises Refused when it is none, or is damaged."""
    reason = VIDEO_DAMAGED if formats == FORMATS else SOUND_DAMAGED
    try:
        with av.open(
            *(file, "r"),
            options={**OPTIONS, "format_whitelist": formats},
            metadata_errors="replace",
            buffer_size=READ_BYTES,
        ) as container:
            yield container
    except av.error.FFmpegError as error:
        raise Refused(reason, str(error)) from error


def moving_picture_in(container: InputContainer) -> VideoStream | None:
    """The picture track, if there is one: a song's cover is no video."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def picture_of(container: InputContainer) -> VideoStream:
    """The picture track. Raises Refused when there is none."""
    stream = moving_picture_in(container)
    if stream is None:
        raise Refused(NO_PICTURE, container.format.name)
    return stream


def sound_of(container: InputContainer) -> Any:
    """The sound track that the file itself says is to be heard, else the first; None without."""
    tracks = [track for track in container.streams.audio if track.codec_context is not None]
    chosen = [each for each in tracks if each.disposition & av.stream.Disposition.default]
    return next(iter(chosen or tracks), None)


def zero_of(container: InputContainer) -> Fraction:
    """When the time line of a file begins, in seconds of its own clock."""
    return Fraction(container.start_time or 0, av.time_base)


def look_at_video(file: Any) -> dict[str, Any]:
    """The facts of a video, ready for JSON; only its kind, of what has sound alone.

    Raises Refused.
    """
    with opened(file) as container:
        if moving_picture_in(container) is None and sound_of(container) is not None:
            return {"kind": "audio"}
        return _facts(container, picture_of(container))


def moving_track(file: Any) -> int:
    """Which picture track is more than a picture: beside that of an AVIF stands its still."""
    try:
        with opened(file) as container:
            moving = (n for n, track in enumerate(container.streams.video) if track.frames > 1)
            return next(moving, 0)
    except Refused:
        # What is not made of tracks at all.
        return 0


def _facts(container: InputContainer, stream: VideoStream) -> dict[str, Any]:
    frame = next(container.decode(stream), None)
    if frame is None:
        raise Refused(VIDEO_DAMAGED, "no frame could be decoded")
    width, height = _upright_size(stream, frame)
    return {
        "kind": "video",
        "format": container.format.name.split(",")[0],
        "width": width,
        "height": height,
        "bits_per_second": int(stream.bit_rate or container.bit_rate or 0),
        **_picture(stream, frame),
        **_times(container, stream),
        **_sound(container),
        **gathering.of_video({**stream.metadata, **container.metadata}),
    }


def _picture(stream: VideoStream, frame: av.VideoFrame) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "codec": context.codec.canonical_name,
        "profile": str(context.profile or ""),
        "pixel_format": frame.format.name,
        "transfer": int(frame.color_trc or UNSPECIFIED),
        "primaries": int(frame.color_primaries or UNSPECIFIED),
        "matrix": int(frame.colorspace or UNSPECIFIED),
        "full_range": int(frame.color_range or 0) == UNSPECIFIED,
        "square_pixels": _aspect(stream) == 1,
        "rotation": frame.rotation % 360,
        "is_mirrored": _is_mirrored(frame),
        "is_interlaced": bool(frame.interlaced_frame),
    }


def _is_mirrored(frame: av.VideoFrame) -> bool:
    """Whether a picture is to be shown as in a mirror, beside being turned."""
    said: Any = frame.side_data.get("DISPLAYMATRIX")
    if said is None:
        return False
    # Three rows of three numbers; the left upper four turn and mirror.
    a, b, _, c, d = struct.unpack_from("=5i", bytes(said))
    return bool(a * d - b * c < 0)


def _times(container: InputContainer, stream: VideoStream) -> dict[str, Any]:
    """How long it is, how its frames are spaced, and where decoding can begin."""
    seconds = duration_of(container, stream)
    family = container.format.name.split(",")[0]
    if family in INDEXED:
        # Some write the list at the end, and it is read when first sought in.
        container.seek(0, stream=stream)
    stamps, keys, playable = _index(container, stream) if family in INDEXED else ([], [], 0.0)
    is_sought = bool(keys) and keys[-1] > seconds / 2
    if not seconds:
        is_sought, (seconds, keys) = False, _walked(container, stream)
    is_whole = family in WHOLE_INDEX and len(stamps) > 1
    rate, is_even, apart = _spacing(stamps, stream) if is_whole else (_rate(stream), False, 0.0)
    return {
        "duration_seconds": seconds,
        "playable_seconds": min(seconds, playable) if is_whole else seconds,
        "frame_rate": float(rate),
        "is_even": is_even,
        "is_sparse": apart > FURTHEST_APART_SECONDS or (not is_whole and rate < 10),
        "is_indexed": family not in NEEDS_INDEX or is_sought,
        "key_frames": keys[:MOST_KEY_FRAMES],
        # Without a list of every frame nobody knows where exactly a copy could be cut.
        "key_frame_gap": _longest([*keys, seconds]) if is_whole else 0.0,
    }


def _walked(container: InputContainer, stream: VideoStream) -> tuple[float, list[float]]:
    """Seconds, and those of key frames, of a file that does not say how long it is.

    Browsers record such files. All of it is read, and nothing decoded.
    """
    container.seek(0)
    base, zero = stream.time_base or Fraction(1), zero_of(container)
    lasts = 1 / (_rate(stream) or Fraction(30))
    seconds, keys = 0.0, []
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            shown = float(packet.pts * base - zero)
            seconds = max(seconds, shown + float(lasts))
            if packet.is_keyframe and shown >= 0:
                keys.append(round(shown, 6))
    return values.duration(seconds), sorted(keys)


def _longest(seconds: Sequence[float]) -> float:
    return max((after - before for before, after in pairwise(seconds)), default=0.0)


def _index(container: InputContainer, stream: VideoStream) -> tuple[list[int], list[float], float]:
    """Time stamps of all frames, seconds of key frames, and the seconds whose bytes are there."""
    base, zero = stream.time_base or Fraction(1), zero_of(container)
    # What is listed is when frames are decoded; they are shown so much later.
    late = _delay(container, stream)
    stamps, keys, playable = [], [], 0.0
    for entry in stream.index_entries:
        stamps.append(entry.timestamp)
        seconds = float((entry.timestamp + late) * base - zero)
        if container.size <= 0 or entry.pos + entry.size <= container.size:
            playable = max(playable, seconds)
        if entry.is_keyframe and seconds >= 0 and not entry.is_discard:
            keys.append(round(seconds, 6))
    return sorted(stamps), sorted(keys), playable


def _delay(container: InputContainer, stream: VideoStream) -> int:
    first = next(iter(container.demux(stream)))
    if first.pts is None or first.dts is None or container.format.name.split(",")[0] != "mov":
        return 0
    return first.pts - first.dts


def _spacing(stamps: Sequence[int], stream: VideoStream) -> tuple[Fraction, bool, float]:
    """Frames a second, whether all are equally far apart, and the furthest in seconds."""
    gaps = sorted(after - before for before, after in pairwise(stamps))
    base = stream.time_base or Fraction(1)
    usual = gaps[len(gaps) // 2] * base
    rate = 1 / usual if usual > 0 else _rate(stream)
    return rate, gaps[0] == gaps[-1], float(gaps[-1] * base)


def _rate(stream: VideoStream) -> Fraction:
    # The average of DV is that of its clock.
    said = (rate or Fraction(0) for rate in (stream.average_rate, stream.guessed_rate))
    return next((rate for rate in said if 0 < rate <= 1000), Fraction(0))


def _sound(container: InputContainer) -> dict[str, Any]:
    sound = sound_of(container)
    return {
        "audio_codec": sound.codec_context.codec.canonical_name if sound else "",
        "audio_profile": str(sound.codec_context.profile or "") if sound else "",
        "audio_channels": sound.codec_context.channels if sound else 0,
    }


def _upright_size(stream: VideoStream, frame: av.VideoFrame) -> tuple[int, int]:
    width, height = round(frame.width * _aspect(stream)), frame.height
    return (height, width) if frame.rotation % 360 in QUARTER_TURNS else (width, height)


def _aspect(stream: VideoStream) -> Fraction:
    """How wide a pixel is; absent and absurd values are square."""
    found = stream.sample_aspect_ratio
    return found if found and Fraction(1, 4) <= found <= 4 else Fraction(1)


def duration_of(container: InputContainer, stream: Stream) -> float:
    """Seconds of a track, from the file's zero on, as the container says; 0 when it does not."""
    if stream.duration and stream.time_base:
        begins = (stream.start_time or 0) * stream.time_base - zero_of(container)
        return values.duration(float(begins + stream.duration * stream.time_base))
    return values.duration((container.duration or 0) / av.time_base)
