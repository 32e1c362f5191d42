"""How ffmpeg is asked to make posters and playable videos. Pure: arguments and arithmetic.

The list of formats is the lock: playlists (DASH, HLS, concat) name other files, and ffmpeg
would open them. The list of protocols is the second bolt. Names that people gave never
stand in an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = 1
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf"
LONG_SIDE = 1280
PLAYABLE_LONG_SIDE = 1920
PLAYABLE_PROFILES = {"Constrained Baseline", "Baseline", "Main", "High"}
# Faster than this and a phone on the road stops to load.
PLAYABLE_BITS_PER_SECOND = 25_000_000
HIGH_DYNAMIC_RANGE = {16, 18}  # PQ and HLG
AAC_LOW_COMPLEXITY = {"LC", ""}
POSTER_LONG_SIDE = 2560
# Excerpts are moved by so much, since what leads up to a beginning has times before it.
LEAD_SECONDS = 3600
# What our own children write for ffmpeg to read.
EXCERPTS = "nut,mov"

OPEN = [
    "-nostdin",
    "-hide_banner",
    "-loglevel",
    "error",
    "-max_alloc",
    "1073741824",
    "-format_whitelist",
    FORMATS,
    "-protocol_whitelist",
    "file",
]
# Where it was filmed, by whom and with what stays in the original.
ANONYMOUS = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
PICTURE_ONLY = ["-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn"]
TO_STANDARD_RANGE = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
    "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)
MP4 = ["-movflags", "+faststart", "-f", "mp4"]


@dataclass(frozen=True)
class Video:
    """What a probe found. Sizes are upright, in square pixels."""

    width: int
    height: int
    duration_seconds: float
    codec: str
    profile: str
    pixel_format: str
    transfer: int
    square_pixels: bool
    audio_codec: str
    audio_profile: str
    audio_channels: int
    bits_per_second: int


def video_from(probe: Mapping[str, Any]) -> Video:
    return Video(**{name: probe[name] for name in Video.__dataclass_fields__})


@dataclass(frozen=True)
class Plan:
    """How to make a video playable: which tracks are copied, and how large it becomes."""

    recipe: str
    width: int
    height: int
    copy_picture: bool
    copy_sound: bool


def plans(video: Video) -> list[Plan]:
    """What to try, best first: copy what browsers play already; encode what they cannot.

    Some odd files cannot be copied into an MP4 and can be encoded nevertheless.
    """
    sound = is_sound_playable(video)
    width, height = fit(video.width, video.height, LONG_SIDE)
    encoded = Plan("video-720", width, height, copy_picture=False, copy_sound=sound)
    if not is_picture_playable(video):
        return [encoded]
    copied = Plan("video-source", video.width, video.height, copy_picture=True, copy_sound=sound)
    return [copied, encoded]


def is_picture_playable(video: Video) -> bool:
    return (
        video.codec == "h264"
        and video.profile in PLAYABLE_PROFILES
        and video.pixel_format in {"yuv420p", "yuvj420p"}
        and video.transfer not in HIGH_DYNAMIC_RANGE
        and video.square_pixels
        and max(video.width, video.height) <= PLAYABLE_LONG_SIDE
        and video.width % 2 == video.height % 2 == 0
        and video.bits_per_second <= PLAYABLE_BITS_PER_SECOND
    )


def is_sound_playable(video: Video) -> bool:
    """Whether every browser plays the sound; silence is playable."""
    if not video.audio_codec:
        return True
    is_plain_aac = video.audio_codec == "aac" and video.audio_profile in AAC_LOW_COMPLEXITY
    return is_plain_aac and video.audio_channels <= 2


def fit(width: int, height: int, long_side: int) -> tuple[int, int]:
    """The size with even sides that fits, never enlarged: H.264 stores colours in pairs."""
    longest = max(width, height)
    scale = min(1.0, long_side / longest)
    return _even(width * scale), _even(height * scale)


def playable(source: str, target: str, *, video: Video, plan: Plan) -> list[str]:
    """Arguments that make one MP4 for browsers. ffmpeg turns rotated pictures upright itself."""
    picture = ["-c:v", "copy"] if plan.copy_picture else _encode(video, plan)
    sound = ["-c:a", "copy"] if plan.copy_sound else ["-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    return [
        *OPEN,
        *["-i", f"file:{source}"],
        *PICTURE_ONLY,
        *ANONYMOUS,
        *picture,
        *sound,
        *["-max_muxing_queue_size", "4096"],
        *MP4,
        *["-progress", "pipe:1", "-nostats", "-y", f"file:{target}"],
    ]


def poster(source: str, target: str) -> list[str]:
    """Arguments that write the most typical of the first ten key frames as a picture."""
    box = f"'min({POSTER_LONG_SIDE},iw*sar)':'min({POSTER_LONG_SIDE},ih)'"
    return [
        *OPEN,
        *["-skip_frame", "nokey", "-i", f"file:{source}"],
        *["-map", "0:V:0", "-an", "-sn", "-dn"],
        *["-vf", f"thumbnail=10,scale={box}:force_original_aspect_ratio=decrease,setsar=1"],
        *["-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "png", "-f", "image2", "-update", "1"],
        *["-y", f"file:{target}"],
    ]


def percent_done(line: str, duration_seconds: float) -> int | None:
    """How far ffmpeg is, from a line of its `-progress`; None for every other line."""
    name, _, value = line.partition("=")
    if name != "out_time_us" or not value.lstrip("-").isdecimal() or duration_seconds <= 0:
        return None
    return max(0, min(100, int(int(value) / 10_000 / duration_seconds)))


def ends_early(*, made: float, promised: float) -> bool:
    """Whether much of the seconds that a container promised is missing: its end was cut off."""
    return made < promised - max(1.0, 0.05 * promised)


def _encode(video: Video, plan: Plan) -> list[str]:
    filters = [f"scale={plan.width}:{plan.height}"]
    if video.transfer in HIGH_DYNAMIC_RANGE:
        # After scaling, where it costs least.
        filters.append(TO_STANDARD_RANGE)
    return [
        *["-vf", ",".join([*filters, "setsar=1", "format=yuv420p"])],
        *["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"],
        *["-maxrate", "5M", "-bufsize", "10M", "-g", "250", "-fps_mode", "vfr", "-threads", "2"],
    ]


def _even(length: float) -> int:
    return max(2, round(length) // 2 * 2)
