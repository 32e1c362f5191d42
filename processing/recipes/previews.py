"""How ffmpeg is asked for the small things that stand for a video. Pure: arguments and times."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from processing.recipes.encoding import OPEN_EXCERPT, PLAIN, upright
from processing.recipes.ladder import Video, even

# A change in how these look gets a new number, so that old addresses stay immutable.
VERSION = 1

POSTER_FRAMES = 10
POSTER_LONG_SIDE = 2560
HOVER_PIECES = 4
HOVER_PIECE_SECONDS = 0.75
HOVER_WIDTH = 320
TILE_SECONDS = 2.0
TILE_WIDTH = 160
TILE_COLUMNS = 10
MOST_TILES = 100


def poster_times(key_frames: Sequence[float], seconds: float) -> list[float]:
    """When the first key frames are; of a video that does not say, one every two seconds."""
    known = list(key_frames[:POSTER_FRAMES])
    return known or [2.0 * at for at in range(POSTER_FRAMES) if 2.0 * at <= seconds]


def poster(source: str, target: str, *, video: Video) -> list[str]:
    """Arguments that write the most typical of some key frames as a picture."""
    scale = min(1.0, POSTER_LONG_SIDE / max(video.width, video.height))
    size = max(1, round(video.width * scale)), max(1, round(video.height * scale))
    return [
        *OPEN_EXCERPT,
        *["-noautorotate", "-i", f"file:{source}", "-an"],
        *["-vf", ",".join([f"thumbnail={POSTER_FRAMES}", *upright(video, *size)])],
        *["-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "png", "-f", "image2", "-update", "1"],
        *["-y", f"file:{target}"],
    ]


class Sheet(NamedTuple):
    """Small frames in rows: how many across, the size of each, and when each is shown."""

    columns: int
    width: int
    height: int
    starts: list[float]


def hover_times(seconds: float) -> list[float]:
    """Where the pieces of a hover preview begin, spread over a video."""
    if seconds <= HOVER_PIECES * HOVER_PIECE_SECONDS:
        return [0.0]
    return [round(seconds * (at + 0.5) / HOVER_PIECES, 3) for at in range(HOVER_PIECES)]


def hover(source: str, target: str, *, video: Video) -> list[str]:
    """Arguments for a few seconds of moving picture without sound, for a tile."""
    width, height = fitting(video.width, video.height, HOVER_WIDTH)
    # Pieces from all over the video, one after the other whatever their times were.
    rate = min(max(video.frame_rate, 1.0), 60.0)
    return [
        *OPEN_EXCERPT,
        *["-noautorotate", "-i", f"file:{source}", "-an"],
        *["-vf", ",".join([f"setpts=N/{rate:.3f}/TB", "fps=15", *upright(video, width, height)])],
        *["-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-profile:v", "high"],
        *["-threads", "1", *PLAIN, "-movflags", "+faststart", "-f", "mp4", "-y", f"file:{target}"],
    ]


def tile_times(seconds: float) -> list[float]:
    """When the frames of a storyboard are: not more than a sheet holds, evenly spread."""
    step = max(TILE_SECONDS, seconds / MOST_TILES)
    count = max(1, math.ceil(seconds / step))
    return [round(at * step, 3) for at in range(count)]


def sheet(video: Video, starts: Sequence[float]) -> Sheet:
    width, height = fitting(video.width, video.height, TILE_WIDTH)
    return Sheet(min(TILE_COLUMNS, len(starts)), width, height, [round(at, 3) for at in starts])


def storyboard(source: str, target: str, *, video: Video, sheet: Sheet) -> list[str]:
    """Arguments that lay key frames out on one JPEG."""
    rows = math.ceil(len(sheet.starts) / sheet.columns)
    layout = f"tile={sheet.columns}x{rows}"
    return [
        *OPEN_EXCERPT,
        *["-noautorotate", "-i", f"file:{source}", "-an"],
        *["-vf", ",".join([*upright(video, sheet.width, sheet.height), layout])],
        *["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", *PLAIN],
        *["-f", "image2", "-update", "1", "-y", f"file:{target}"],
    ]


def fitting(width: int, height: int, across: int) -> tuple[int, int]:
    """A size with even sides, so wide, and of a tall video so high at most."""
    scale = min(1.0, across / max(width, height * 9 / 16))
    return even(width * scale), even(height * scale)
