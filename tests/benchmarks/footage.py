"""Videos to measure with: a slow zoom into a photograph, with the grain of a camera."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from mediashare.embedded.home import PROJECT

PHOTOGRAPH = PROJECT / "mediashare" / "embedded" / "demo_media" / "tea-gardens-in-the-mist.jpg"
SCENE_SECONDS = 20
FRAMES_PER_SECOND = 30
SIZE = "1920x1080"
ZOOM = (
    f"scale=3840:-2,zoompan=z=1+on/1500:d=1:x=iw/2-iw/zoom/2:y=ih/2-ih/zoom/2"
    f":s={SIZE}:fps={FRAMES_PER_SECOND},noise=alls=6:allf=t,format=yuv420p"
)
PICTURE = ["-loop", "1", "-framerate", str(FRAMES_PER_SECOND), "-i", str(PHOTOGRAPH)]
TONE = ["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"]
HEVC = [
    *("-c:v", "libx265", "-preset", "ultrafast"),
    *("-x265-params", "log-level=none:crf=21:keyint=60"),
]


def phone_video(folder: Path, *, seconds: int) -> Path:
    """1080p HEVC with sound, as phones take it: no browser plays it as it is."""
    scene, target = folder / "scene.mp4", folder / f"phone-{seconds}.mp4"
    if not scene.exists():
        length = ["-t", str(SCENE_SECONDS)]
        ffmpeg(
            *PICTURE,
            *TONE,
            "-vf",
            ZOOM,
            *HEVC,
            "-tag:v",
            "hvc1",
            "-c:a",
            "aac",
            *length,
            str(scene),
        )
    again = ["-stream_loop", str(-(-seconds // SCENE_SECONDS) - 1)]
    ffmpeg(*again, "-i", str(scene), "-c", "copy", "-t", str(seconds), str(target))
    return target


def raw_video(folder: Path, *, size_bytes: int) -> Path:
    """1080p without any compression, as capture cards write it: at least so many bytes."""
    scene, target = folder / "scene-raw.mov", folder / f"raw-{size_bytes}.mov"
    if not scene.exists():
        ffmpeg(
            *PICTURE, "-vf", ZOOM, "-c:v", "rawvideo", "-pix_fmt", "uyvy422", "-t", "2", str(scene)
        )
    times = -(-size_bytes // scene.stat().st_size)
    ffmpeg("-stream_loop", str(times - 1), "-i", str(scene), "-c", "copy", str(target))
    return target


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg to its end, as anybody would. Raises subprocess.CalledProcessError."""
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    subprocess.run([*program, *arguments], check=True)
