"""The script of a film made of photos and clips: what is seen when, and from how near. Pure.

Times are in seconds from the film's beginning, boxes in pixels of the picture that is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SIZE = (1280, 720)
FRAMES_PER_SECOND = 30
FADE_SECONDS = 0.8
TITLE_SECONDS = 3.5
LAST_FADE_SECONDS = 1.5
LONGEST_CLIP_SECONDS = 10.0
# Shorter than two fades, a scene would never be seen alone.
SHORTEST_SECONDS = 2 * FADE_SECONDS + 0.2
# How much of the picture is seen at the nearest.
NEAREST = 0.86
# Music steps back while a clip speaks.
MUSIC_BESIDE_SPEECH = 0.25


@dataclass(frozen=True)
class Wish:
    """A film as somebody wants it; ids are text. The album is remembered for who takes the film."""

    blobs: tuple[str, ...]
    title: str
    photo_seconds: float
    music: str | None = None
    album: str | None = None


@dataclass(frozen=True)
class Scene:
    """Something that is seen from `start` to `end`; neighbours overlap by the fade."""

    number: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def share(self, at: float) -> float:
        """How much of it is over, from 0 to 1."""
        return min(1.0, max(0.0, (at - self.start) / self.seconds))


class Box(NamedTuple):
    """A part of a picture: left, upper, right, lower; fractions of pixels are meant."""

    left: float
    upper: float
    right: float
    lower: float


def scenes(seconds: Sequence[float]) -> list[Scene]:
    """Put scenes of these lengths one behind the other, each fading into the next."""
    made, start = [], 0.0
    for number, wanted in enumerate(seconds):
        length = max(SHORTEST_SECONDS, wanted)
        made.append(Scene(number, start, start + length))
        start += length - FADE_SECONDS
    return made


def clip_seconds(duration: float) -> float:
    """How much of a clip is shown."""
    return min(duration, LONGEST_CLIP_SECONDS)


def seen_at(script: Sequence[Scene], at: float) -> list[tuple[Scene, float]]:
    """The scenes seen at a time, lowest first, each with how much it covers those before it."""
    seen = [scene for scene in script if scene.start <= at < scene.end] or [script[-1]]
    return [(scene, _cover(scene, at) if scene != seen[0] else 1.0) for scene in seen[-2:]]


def title_strength(at: float) -> float:
    """How much of the title is seen: it comes and goes within its seconds."""
    return max(0.0, min(1.0, at / FADE_SECONDS, (TITLE_SECONDS - at) / FADE_SECONDS))


def lines_of(title: str, *, is_fitting: Callable[[str], bool]) -> list[str]:
    """A title in as few lines as fit, broken between words, and within one that is too long."""
    lines: list[str] = []
    for word in title.split():
        if lines and is_fitting(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
        else:
            lines.append("")
            for letter in word:
                if lines[-1] and not is_fitting(lines[-1] + letter):
                    lines.append("")
                lines[-1] += letter
    return lines


def camera(scene: Scene, size: tuple[int, int], at: float) -> Box:
    """The part of a picture that fills the frame at a time: slowly nearer or farther, and across.

    The picture has at least the frame's proportions after `fill`. Neighbours move differently.
    """
    width, height = size
    share = _eased(scene.share(at))
    nearer = 1 - (1 - NEAREST) * (share if scene.number % 2 == 0 else 1 - share)
    across = share if scene.number % 4 < 2 else 1 - share
    part = _largest(width, height)
    wide, high = part[0] * nearer, part[1] * nearer
    left, upper = (width - wide) * across, (height - high) * 0.5
    return Box(left, upper, left + wide, upper + high)


def fits(width: int, height: int) -> bool:
    """Whether a picture can fill the frame without losing more than a third of its height."""
    return width / height >= (SIZE[0] / SIZE[1]) * 2 / 3


def _largest(width: int, height: int) -> tuple[float, float]:
    """The largest part of a picture with the frame's proportions."""
    ratio = SIZE[0] / SIZE[1]
    return (width, width / ratio) if width / height <= ratio else (height * ratio, height)


def _cover(scene: Scene, at: float) -> float:
    return min(1.0, max(0.0, (at - scene.start) / FADE_SECONDS))


def _eased(share: float) -> float:
    """Begin and end slowly."""
    return share * share * (3 - 2 * share)
