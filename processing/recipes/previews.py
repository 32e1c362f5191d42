"""How ffmpeg is asked for the small things that stand for a video. Pure: arguments and times."""

from collections.abc import Sequence

from processing.recipes.encoding import OPEN_EXCERPT, upright
from processing.recipes.ladder import Video

POSTER_FRAMES = 10
POSTER_LONG_SIDE = 2560


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
