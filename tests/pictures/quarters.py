"""The picture of all format tests, and how it is written by Pillow.

Four quarters in four colours: whatever turns, mirrors or mixes them is seen.
"""

import io
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pillow_heif
import pillow_jxl  # noqa: F401  # Teaches Pillow to write JPEG XL.
from PIL import Image, ImageCms

RED, GREEN, BLUE, SAND = (200, 40, 40), (40, 160, 60), (50, 60, 190), (220, 200, 120)
COLOURS = (RED, GREEN, BLUE, SAND)
WIDTH, HEIGHT = 64, 48
T = Image.Transpose
# How pixels lie in the file for each orientation, so that a reader who turns them is right.
STORED = {
    2: T.FLIP_LEFT_RIGHT,
    3: T.ROTATE_180,
    4: T.FLIP_TOP_BOTTOM,
    5: T.TRANSPOSE,
    6: T.ROTATE_90,
    7: T.TRANSVERSE,
    8: T.ROTATE_270,
}


def quarters(width: int = WIDTH, height: int = HEIGHT, colours: Any = COLOURS) -> Image.Image:
    """Red and green above blue and sand."""
    made = Image.new("RGB", (width, height))
    across, down = width // 2, height // 2
    for number, colour in enumerate(colours):
        made.paste(colour, (number % 2 * across, number // 2 * down, width, height))
    # What was pasted last lies over the corner of what was pasted before.
    made.paste(colours[1], (across, 0, width, down))
    made.paste(colours[2], (0, down, across, height))
    return made


def turned(orientation: int) -> Image.Image:
    """The picture as a camera stores it that was held so."""
    return quarters().transpose(STORED[orientation]) if orientation in STORED else quarters()


def exif(orientation: int = 1, *, gps: bool = True, adobe_rgb: bool = False) -> bytes:
    """What a camera writes: its name, how it was held and where."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x0110] = orientation, "Acme", "Secret Camera 9"
    inner = tags.get_ifd(0x8769)
    inner[0x9003] = "2025:04:22 15:41:02"
    if adobe_rgb:
        inner[0xA001] = 0xFFFF
        inner[0xA005] = {1: "R03"}
    if gps:
        place = tags.get_ifd(0x8825)
        place[1], place[2] = "N", (48.0, 49.0, 46.56)
        place[3], place[4] = "W", (113.0, 31.0, 15.6)
    return tags.tobytes()


def written(image: Image.Image, format_: str, **options: Any) -> bytes:
    """The picture as Pillow writes it."""
    body = io.BytesIO()
    image.save(body, format_, **options)
    return body.getvalue()


def heic(image: Image.Image, **options: Any) -> bytes:
    body = io.BytesIO()
    pillow_heif.from_pillow(image).save(body, quality=90, **options)
    return body.getvalue()


def heic_of_many(*images: Image.Image, primary: int) -> bytes:
    """One file with several pictures, of which one is meant."""
    file = pillow_heif.from_pillow(images[0])
    for image in images[1:]:
        file.add_from_pillow(image)
    body = io.BytesIO()
    file.save(body, quality=90, primary_index=primary)
    return body.getvalue()


def in_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours in the numbers of another colour space."""
    source, target = ImageCms.createProfile("sRGB"), ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    assert converted is not None
    return converted


def by_ffmpeg(image: Image.Image | list[Image.Image], name: str, *options: str) -> bytes:
    """What Pillow cannot write: a sequence of pictures, or one, encoded by ffmpeg."""
    images = image if isinstance(image, list) else [image]
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(images):
            one.save(Path(folder) / f"{number}.png")
        ask = ["-framerate", "5", "-i", f"{folder}/%d.png", *options, f"{folder}/made{name}"]
        program = imageio_ffmpeg.get_ffmpeg_exe()
        subprocess.run([program, "-y", "-v", "error", *ask], check=True)
        return (Path(folder) / f"made{name}").read_bytes()


def png_of_16_bits(image: Image.Image) -> bytes:
    """Pillow writes no colours of 16 bits."""
    width, height = image.size
    rows = b""
    for y in range(height):
        row = [at(image, x, y) for x in range(width)]
        rows += b"\0" + b"".join(struct.pack(">3H", *(value * 257 for value in it)) for it in row)
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """The colour of a pixel of a picture in colours."""
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
