"""Draw the frames of a film, and let MoviePy make a file of them. Runs in a child only.

Everything it reads was made by this service: pictures, pieces of streams, sound. MoviePy would
open whatever a stranger's file names.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import AudioFileClip, CompositeAudioClip, VideoClip, VideoFileClip, afx
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from proglog import ProgressBarLogger

from processing.recipes import film

Frame = NDArray[np.uint8]
FONT = Path(__file__).parent / "fonts" / "DejaVuSans-Bold.ttf"
TITLE_SHARE, SMALLEST_TITLE = 0.075, 22
DIMMED = 0.55


class _Progress(ProgressBarLogger):
    """Writes percent done into a file, for whoever waits outside."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def bars_callback(self, bar: str, attr: str, value: int, old_value: int | None = None) -> None:
        if bar == "frame_index" and attr == "index":
            self._path.write_text(str(100 * value // max(1, self.bars[bar]["total"])))


def make_film(
    sources: Sequence[dict[str, Any]], *, title: str, music: str, made: str, progress: str
) -> dict[str, Any]:
    """Write an MP4. A source is a `picture`, or a `clip` with `seconds` and perhaps `sound`.

    Answers with `seconds`, its length.
    """
    painters = [_painter(source) for source in sources]
    script = film.scenes([source["seconds"] for source in sources])
    caption = _title(title) if title else None
    total = script[-1].end

    def frame(at: float) -> Frame:
        (lowest, _), *above = film.seen_at(script, at)
        image = painters[lowest.number](lowest, at)
        for scene, cover in above:
            image = Image.blend(image, painters[scene.number](scene, at), cover)
        if caption and at < film.TITLE_SECONDS:
            image = _with_title(image, caption, film.title_strength(at))
        fade = min(1.0, (total - at) / film.LAST_FADE_SECONDS)
        pixels = np.asarray(image)
        return pixels if fade >= 1 else (pixels * fade).astype(np.uint8)

    clip = VideoClip(frame, duration=total)
    sound = _sound(sources, script, music, total)
    if sound is not None:
        clip = clip.with_audio(sound)
    clip.write_videofile(
        made,
        fps=film.FRAMES_PER_SECOND,
        codec="libx264",
        preset="veryfast",
        audio_codec="aac",
        audio_bitrate="160k",
        audio_fps=48000,
        temp_audiofile_path=str(Path(made).parent),
        pixel_format="yuv420p",
        ffmpeg_params=["-crf", "20", "-movflags", "+faststart"],
        logger=_Progress(Path(progress)),
    )
    return {"seconds": total}


Painter = Callable[[film.Scene, float], Image.Image]


def _painter(source: dict[str, Any]) -> Painter:
    return _clip_painter(source) if "clip" in source else _photo_painter(source)


def _photo_painter(source: dict[str, Any]) -> Painter:
    """Opened when first seen and let go when the next one is, so that a long album fits."""
    opened: dict[str, Image.Image] = {}

    def paint(scene: film.Scene, at: float) -> Image.Image:
        if "picture" not in opened:
            opened["picture"] = _filling(Image.open(source["picture"]).convert("RGB"))
        picture = opened["picture"]
        box = film.camera(scene, picture.size, at)
        if at >= scene.end - 1 / film.FRAMES_PER_SECOND:
            opened.clear()
        return picture.resize(film.SIZE, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)

    return paint


def _filling(picture: Image.Image) -> Image.Image:
    """A picture that can fill the frame; a tall one stands before a blurred copy of itself."""
    if film.fits(*picture.size):
        return picture
    height = round(film.SIZE[1] / film.NEAREST)
    width = round(film.SIZE[0] / film.NEAREST)
    back = picture.resize(
        (width // 16, height // 16), Image.Resampling.BILINEAR, box=_middle(picture)
    )
    back = back.filter(ImageFilter.GaussianBlur(3)).resize((width, height))
    canvas = Image.blend(back, Image.new("RGB", back.size), 1 - DIMMED)
    inner = picture.resize((round(picture.width * height / picture.height), height))
    canvas.paste(inner, ((width - inner.width) // 2, 0))
    return canvas


def _middle(picture: Image.Image) -> tuple[float, float, float, float]:
    high = picture.width * film.SIZE[1] / film.SIZE[0]
    upper = (picture.height - high) / 2
    return (0, upper, picture.width, upper + high)


def _clip_painter(source: dict[str, Any]) -> Painter:
    opened: dict[str, Any] = {}

    def paint(scene: film.Scene, at: float) -> Image.Image:
        if "clip" not in opened:
            opened["clip"] = VideoFileClip(source["clip"], audio=False)
        clip = opened["clip"]
        last = max(0.0, min(clip.duration, scene.seconds) - 1 / film.FRAMES_PER_SECOND)
        picture = Image.fromarray(clip.get_frame(min(at - scene.start, last)))
        if at >= scene.end - 1 / film.FRAMES_PER_SECOND:
            clip.close()
            opened.clear()
        return _within(picture)

    return paint


def _within(picture: Image.Image) -> Image.Image:
    """The whole picture in the frame, with black beside or above it."""
    scale = min(film.SIZE[0] / picture.width, film.SIZE[1] / picture.height)
    inner = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    canvas = Image.new("RGB", film.SIZE)
    canvas.paste(inner, ((film.SIZE[0] - inner.width) // 2, (film.SIZE[1] - inner.height) // 2))
    return canvas


def _title(title: str) -> Image.Image:
    """The title as a mask of the frame's size, in the largest letters that fit.

    What is too long for the smallest goes over several lines.
    """
    mask = Image.new("L", film.SIZE)
    draw = ImageDraw.Draw(mask)
    size = round(film.SIZE[1] * TITLE_SHARE * 1.5)
    room = film.SIZE[0] * 0.86
    font = ImageFont.truetype(str(FONT), size)
    while size > SMALLEST_TITLE and draw.textlength(title, font=font) > room:
        size -= 2
        font = ImageFont.truetype(str(FONT), size)
    lines = film.lines_of(title, is_fitting=lambda line: draw.textlength(line, font=font) <= room)
    middle = (film.SIZE[0] / 2, film.SIZE[1] / 2)
    draw.multiline_text(
        middle, "\n".join(lines), fill=255, font=font, anchor="mm", align="center", spacing=size / 3
    )
    return mask


def _with_title(image: Image.Image, mask: Image.Image, strength: float) -> Image.Image:
    dark = Image.blend(image, Image.new("RGB", image.size), (1 - DIMMED) * strength)
    dark.paste("white", mask=mask.point(lambda value: value * strength))
    return dark


def _sound(
    sources: Sequence[dict[str, Any]], script: Sequence[film.Scene], music: str, total: float
) -> Any:
    """Clips with their own sound, and music that steps back while they speak; None if silent."""
    spoken = []
    for source, scene in zip(sources, script, strict=True):
        if source.get("sound"):
            own = AudioFileClip(source["sound"])
            own = own.subclipped(0, min(own.duration, scene.seconds))
            fade = [afx.AudioFadeIn(film.FADE_SECONDS), afx.AudioFadeOut(film.FADE_SECONDS)]
            spoken.append(own.with_effects(fade).with_start(scene.start))
    parts = list(spoken)
    if music:
        beside = [(clip.start, clip.end) for clip in spoken]
        parts.append(_music(music, beside, total))
    return CompositeAudioClip(parts).with_duration(total) if parts else None


def _music(music: str, beside: Sequence[tuple[float, float]], total: float) -> Any:
    looped = AudioFileClip(music).with_effects([afx.AudioLoop(duration=total)])

    def step_back(frames: Callable[[Any], Any], at: Any) -> Any:
        loud = np.ones(np.shape(at))
        for start, end in beside:
            ramp = np.clip(np.minimum(at - start, end - at) / film.FADE_SECONDS, 0, 1)
            loud = np.minimum(loud, 1 - (1 - film.MUSIC_BESIDE_SPEECH) * ramp)
        return frames(at) * (loud[..., None] if np.ndim(at) else loud)

    return looped.transform(step_back).with_effects([afx.AudioFadeOut(film.LAST_FADE_SECONDS)])
