"""What is uploaded in a round: small photos of many formats, a video in pieces, a broken file.

And the few things of a library that is there already, for what is asked of it later.
"""

import io
import random
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
from PIL import Image

MEDIA = Path(__file__).parent.parent.parent / "media"
BROKEN = "truncated.jpg"
VIDEO = "film.mp4"
ONE_MORE = "one-more.jpg"
SECONDS, FRAME_RATE, SIDE = 60, 15, 416
SHIPPED = ("gps.jpg", "orientation-6.jpg", "display-p3.jpg", "photo.heic", "photo.png", BROKEN)
WRITTEN = ("JPEG", "WEBP", "TIFF", "BMP", "PNG", "GIF", "AVIF")
CLIP = "clip.mp4"
LIBRARY = ("gps.jpg", "orientation-6.jpg", BROKEN)
# Of which a copy without the place is made.
PLACED = ("gps.jpg", CLIP)


@cache
def files() -> dict[str, bytes]:
    """Everything that is uploaded at once, by name."""
    made = _shipped(SHIPPED)
    made |= {f"drawn.{kind.lower()}": _drawn(kind) for kind in WRITTEN}
    return {VIDEO: _video(), **made}


@cache
def library() -> dict[str, bytes]:
    """What somebody has had for long, by name: two photos, a clip and a broken file."""
    return {**_shipped(LIBRARY), CLIP: _clip(), "drawn.gif": _drawn("GIF")}


def one_more() -> bytes:
    """A photo that is in nobody's batch."""
    return _drawn("JPEG", seed=ONE_MORE)


def _shipped(names: Iterable[str]) -> dict[str, bytes]:
    return {name: (MEDIA / name).read_bytes() for name in names}


def _drawn(kind: str, *, seed: str = "") -> bytes:
    dice = random.Random(seed or kind)
    noise = Image.frombytes("RGB", (20, 15), dice.randbytes(20 * 15 * 3)).resize((800, 600))
    more = {"save_all": True, "append_images": [noise.rotate(180)]} if kind == "GIF" else {}
    file = io.BytesIO()
    noise.save(file, kind, **more)
    return file.getvalue()


def _video() -> bytes:
    """No browser plays it as it is; wide enough for two rungs, long enough for many pieces."""
    picture = f"testsrc2=size={SIDE}x{SIDE}:rate={FRAME_RATE}:duration={SECONDS}"
    sound = f"sine=frequency=440:duration={SECONDS}"
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", "-g", "20"]
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    return _ffmpeg(*inputs, *codecs, "-c:a", "libopus")


def _clip() -> bytes:
    """A few seconds that say where they were filmed."""
    place = ["-metadata", "location=+48.8296-113.5210/"]
    return _ffmpeg("-i", str(MEDIA / CLIP), "-c", "copy", *place)


def _ffmpeg(*arguments: str) -> bytes:
    """The MP4 that ffmpeg makes."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "made.mp4"
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error"]
        subprocess.run([*ffmpeg, *arguments, str(made)], check=True)
        return made.read_bytes()
