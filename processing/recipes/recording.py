"""How a sound file becomes one that plays everywhere: copied if it does already. Pure.

Loudness stays as it is, and tags do not go with it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from processing.recipes import video
from processing.recipes.encoding import PLAIN
from processing.recipes.ladder import AAC_LOW_COMPLEXITY

# A change in how sounds are made gets a new number, so that old addresses stay immutable.
VERSION = 1
RECIPE = "audio"
# Sound alone, and what it shares with videos. The list is the lock, as in `video`.
FORMATS = f"mp3,flac,wav,aac,aiff,amr,caf,{video.FORMATS}"
OPEN = [FORMATS if part == video.FORMATS else part for part in video.OPEN]
BITS_PER_CHANNEL = 80_000
MOST_CHANNELS = 2
# Some phones play nothing faster.
FASTEST_RATE = 48_000
# So slow nothing was ever recorded; a small file could claim to last for years.
SLOWEST_RATE = 1_000


class Target(NamedTuple):
    """What is made: how its file ends, ffmpeg's name of the container, and its content type."""

    extension: str
    container: str
    content_type: str


MP4 = Target("m4a", "mp4", "audio/mp4")
MP3 = Target("mp3", "mp3", "audio/mpeg")


@dataclass(frozen=True)
class Sound:
    """What a look found. `is_promised` if the file itself says how long it is; `track` is which of
    its sounds is meant."""

    track: int
    codec: str
    profile: str
    channels: int
    sample_rate: int
    seconds: float
    is_promised: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def sound_from(written: Mapping[str, Any]) -> Sound:
    return Sound(**{name: written[name] for name in Sound.__dataclass_fields__})


def copied_into(sound: Sound) -> Target | None:
    """Where it can be copied to and plays everywhere; None when it must be encoded."""
    if not (1 <= sound.channels <= MOST_CHANNELS and sound.sample_rate <= FASTEST_RATE):
        return None
    if sound.codec == "aac" and sound.profile in AAC_LOW_COMPLEXITY:
        return MP4
    return MP3 if sound.codec == "mp3" else None


def copied(source: str, target: str, *, sound: Sound, into: Target) -> list[str]:
    """Arguments that take the sound out of a file as it is."""
    return [*_read(source, sound), "-c:a", "copy", *_written(target, into)]


def encoded(source: str, target: str, *, sound: Sound) -> list[str]:
    """Arguments that make AAC of any sound."""
    channels = min(max(1, sound.channels), MOST_CHANNELS)
    return [
        *_read(source, sound),
        *["-c:a", "aac", "-b:a", str(BITS_PER_CHANNEL * channels), "-ac", str(channels)],
        *(["-ar", str(FASTEST_RATE)] if sound.sample_rate > FASTEST_RATE else []),
        *_written(target, MP4),
    ]


def _read(source: str, sound: Sound) -> list[str]:
    return [*OPEN, "-i", f"file:{source}", "-map", f"0:a:{sound.track}"]


def _written(target: str, into: Target) -> list[str]:
    begins = {"mp4": ["-movflags", "+faststart"], "mp3": ["-id3v2_version", "0"]}
    return [
        *PLAIN,
        *begins[into.container],
        *["-f", into.container, *video.TELLING, "-y", f"file:{target}"],
    ]
