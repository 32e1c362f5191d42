"""Look at a video without decoding more than a frame. Runs in a child only."""

from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from processing.reasons import NO_PICTURE, VIDEO_DAMAGED, Refused
from processing.recipes.facts import gathering, values
from processing.recipes.video import FORMATS

OPTIONS = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
QUARTER_TURNS = {90, 270}


def look_at_video(source: str) -> dict[str, Any]:
    """The facts of a video, ready for JSON. Raises Refused."""
    try:
        with av.open(source, options=OPTIONS, metadata_errors="replace") as container:
            streams = [stream for stream in container.streams.video if not _is_cover(stream)]
            if not streams:
                raise Refused(NO_PICTURE, container.format.name)
            return _facts(container, streams[0])
    except av.error.FFmpegError as error:
        raise Refused(VIDEO_DAMAGED, str(error)) from error


def duration_of(source: str) -> float:
    """Seconds of picture in a video, as its container says."""
    with av.open(source, options=OPTIONS) as container:
        return _duration(container, container.streams.video[0])


def _facts(container: InputContainer, stream: VideoStream) -> dict[str, Any]:
    frame = next(container.decode(stream), None)
    if frame is None:
        raise Refused(VIDEO_DAMAGED, "no frame could be decoded")
    width, height = _upright_size(stream, frame)
    metadata = {**stream.metadata, **container.metadata}
    return {
        "kind": "video",
        "format": container.format.name.split(",")[0],
        "width": width,
        "height": height,
        "duration_seconds": _duration(container, stream),
        **_picture(stream, frame),
        **_sound(container),
        "bits_per_second": int(stream.bit_rate or container.bit_rate or 0),
        **gathering.of_video(metadata),
    }


def _picture(stream: VideoStream, frame: av.VideoFrame) -> dict[str, Any]:
    context = stream.codec_context
    return {
        "codec": context.name,
        "profile": str(context.profile or ""),
        "pixel_format": frame.format.name,
        "transfer": int(frame.color_trc or 0),
        "square_pixels": _aspect(stream) == 1,
    }


def _sound(container: InputContainer) -> dict[str, Any]:
    sound = next(iter(container.streams.audio), None)
    return {
        "audio_codec": sound.codec_context.name if sound else "",
        "audio_profile": str(sound.codec_context.profile or "") if sound else "",
        "audio_channels": sound.codec_context.channels if sound else 0,
    }


def _upright_size(stream: VideoStream, frame: av.VideoFrame) -> tuple[int, int]:
    width, height = round(frame.width * _aspect(stream)), frame.height
    return (height, width) if abs(frame.rotation) % 360 in QUARTER_TURNS else (width, height)


def _aspect(stream: VideoStream) -> Fraction:
    """How wide a pixel is; absent and absurd values are square."""
    found = stream.sample_aspect_ratio
    return found if found and Fraction(1, 4) <= found <= 4 else Fraction(1)


def _duration(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return values.duration(float(stream.duration * stream.time_base))
    return values.duration((container.duration or 0) / av.time_base)


def _is_cover(stream: VideoStream) -> bool:
    """A song's cover is a picture track that is no video."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)
