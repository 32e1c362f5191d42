#!/usr/bin/env python3
"""Make the small media files the tests use, from one photo and one video.

    pip install pillow pillow-heif imageio-ffmpeg
    python make_test_media.py PHOTO VIDEO [OUT_DIR]

PHOTO is any upright photograph (we use lake-sherburne-panorama.jpg), VIDEO
any clip of four seconds or more (we use city-towers-at-night.mp4).  All EXIF
written here is made up.
"""

import random
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import imageio_ffmpeg
import pillow_heif
from PIL import Image, ImageCms, ImageOps
from PIL.TiffImagePlugin import IFDRational

DATE, OFFSET = "2025:04:22 15:41:02", "-06:00"
LAT, LON, ALT = (48.0, 49.0, 46.56), (113.0, 31.0, 15.6), 1458.0  # N, W

# How the pixels must be stored for each orientation tag so that a reader
# that honours the tag shows the upright picture.
T = Image.Transpose
STORED = {
    1: None,
    2: T.FLIP_LEFT_RIGHT,
    3: T.ROTATE_180,
    4: T.FLIP_TOP_BOTTOM,
    5: T.TRANSPOSE,
    6: T.ROTATE_90,
    7: T.TRANSVERSE,
    8: T.ROTATE_270,
}


def make_exif(orientation=1, date=True, gps=False):
    exif = Image.Exif()
    exif[0x0112] = orientation
    if date:
        exif[0x010F], exif[0x0110] = "Canon", "Canon EOS R6"
        exif[0x0132] = DATE
        sub = exif.get_ifd(0x8769)
        sub[0x9000] = b"0232"
        sub[0x9003] = sub[0x9004] = DATE
        sub[0x9010] = sub[0x9011] = sub[0x9012] = OFFSET
        sub[0x829A] = IFDRational(1, 320)
        sub[0x829D] = IFDRational(9, 1)
        sub[0x8827] = 100
        sub[0x920A] = IFDRational(35, 1)
        sub[0xA434] = "RF24-105mm F4 L IS USM"
    if gps:
        place = exif.get_ifd(0x8825)
        place[0] = b"\x02\x03\x00\x00"
        place[1], place[2] = "N", LAT
        place[3], place[4] = "W", LON
        place[5], place[6] = b"\x00", ALT
    return exif


def s15f16(*values):
    return b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def display_p3_profile():
    """A Display P3 ICC profile: P3 primaries, D65 white, the sRGB curve."""

    def xyz(*v):
        return b"XYZ \0\0\0\0" + s15f16(*v)

    def text(s):
        raw = s.encode("utf-16-be")
        return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(raw), 28) + raw

    curve = (
        b"para\0\0\0\0"
        + struct.pack(">HH", 3, 0)
        + s15f16(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    )
    # colorants and white adapted to D50 with the Bradford matrix
    chad = (
        1.047882,
        0.022919,
        -0.050201,
        0.029587,
        0.990479,
        -0.017059,
        -0.009232,
        0.015076,
        0.751678,
    )
    tags = [
        (b"desc", text("Display P3")),
        (b"cprt", text("No copyright, use freely")),
        (b"wtpt", xyz(0.964203, 1.0, 0.824905)),
        (b"rXYZ", xyz(0.515121, 0.241196, -0.001053)),
        (b"gXYZ", xyz(0.291977, 0.692245, 0.041885)),
        (b"bXYZ", xyz(0.157104, 0.066574, 0.784073)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
        (b"chad", b"sf32\0\0\0\0" + s15f16(*chad)),
    ]
    table, body, where = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        if data not in where:
            where[data] = start + len(body)
            body += data
        table += name + struct.pack(">II", where[data], len(data))
    head = struct.pack(
        ">I4sI4s4s4s6H4s4sI4s4sQI12s4s16s28s",
        start + len(body),
        b"\0\0\0\0",
        0x04000000,
        b"mntr",
        b"RGB ",
        b"XYZ ",
        2025,
        1,
        1,
        0,
        0,
        0,
        b"acsp",
        b"\0\0\0\0",
        0,
        b"\0\0\0\0",
        b"\0\0\0\0",
        0,
        0,
        s15f16(0.964203, 1.0, 0.824905),
        b"\0\0\0\0",
        b"",
        b"",
    )
    return head + struct.pack(">I", len(tags)) + table + body


def bomb_png(side=20000):
    """A valid all-black 1-bit PNG: side x side pixels in some tens of KB."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    pack, data = zlib.compressobj(9), b""
    row = b"\0" * (1 + (side + 7) // 8)
    for _ in range(side):
        data += pack.compress(row)
    data += pack.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def photos(source, out):
    photo = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
    photo = ImageOps.fit(photo, (480, 320), Image.Resampling.LANCZOS)
    photo.info.clear()
    for number, transpose in STORED.items():
        stored = photo if transpose is None else photo.transpose(transpose)
        stored.save(
            out / f"orientation-{number}.jpg",
            quality=66,
            optimize=True,
            exif=make_exif(number, date=False),
        )
    photo.save(out / "gps.jpg", quality=75, optimize=True, exif=make_exif(gps=True))
    whole = (out / "gps.jpg").read_bytes()
    (out / "truncated.jpg").write_bytes(whole[: len(whole) // 2])
    pillow_heif.from_pillow(photo).save(
        out / "photo.heic", quality=50, exif=make_exif(gps=True).tobytes()
    )
    small = photo.resize((192, 128), Image.Resampling.LANCZOS)
    small.save(out / "photo.png", optimize=True)
    p3 = display_p3_profile()
    with tempfile.NamedTemporaryFile(suffix=".icc") as f:
        f.write(p3)
        f.flush()
        # a square of pure sRGB red: stored as about (234, 51, 35), it must come
        # out as (255, 0, 0) again for a reader that honours the profile
        marked = photo.copy()
        marked.paste((255, 0, 0), (0, 0, 64, 64))
        wide = ImageCms.profileToProfile(
            marked, ImageCms.createProfile("sRGB"), f.name, outputMode="RGB"
        )
    assert wide is not None
    wide.save(
        out / "display-p3.jpg",
        quality=75,
        subsampling=0,
        optimize=True,
        icc_profile=p3,
        exif=make_exif(),
    )
    words = ["this", "is", "plain", "text", "and", "not", "a", "photograph", "at", "all"]
    rng = random.Random(1)
    (out / "not-a-photo.jpg").write_text(" ".join(rng.choice(words) for _ in range(400)) + "\n")
    (out / "bomb.png").write_bytes(bomb_png())


def videos(source, out):
    def ffmpeg(*args):
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *map(str, args)], check=True
        )

    cut = ("-ss", "4", "-t", "2", "-i", source)
    # the source is silent, so the sound is a soft tone made here
    tone = ("-f", "lavfi", "-t", "2", "-i", "sine=frequency=330:sample_rate=44100,volume=0.2")
    h264 = (
        "-c:v",
        "libx264",
        "-profile:v",
        "main",
        "-preset",
        "veryslow",
        "-crf",
        "30",
        "-pix_fmt",
        "yuv420p",
    )
    aac = ("-c:a", "aac", "-b:a", "32k", "-ac", "1")
    plain = (
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
    )
    pair = ("-map", "0:v", "-map", "1:a", "-shortest")
    wide = "scale=-2:240,crop=320:240,setsar=1"
    stamp = ("-metadata", "creation_time=2025-04-24T12:40:00Z")
    ffmpeg(
        *cut,
        *tone,
        *pair,
        "-vf",
        wide,
        *h264,
        *aac,
        *plain,
        *stamp,
        "-movflags",
        "+faststart",
        out / "clip.mp4",
    )
    ffmpeg(
        *cut,
        *tone,
        *pair,
        "-vf",
        wide,
        "-c:v",
        "libvpx-vp9",
        "-crf",
        "55",
        "-b:v",
        "0",
        "-c:a",
        "libopus",
        "-b:a",
        "24k",
        *plain,
        out / "clip-vp9.webm",
    )
    with tempfile.TemporaryDirectory() as tmp:
        # an upright 240x320 picture, stored lying down as 320x240 and turned
        # back by the display matrix, the way phones write portrait video
        lying = Path(tmp) / "lying.mp4"
        ffmpeg(
            *cut,
            *tone,
            *pair,
            "-vf",
            "scale=-2:320,crop=240:320,transpose=cclock,setsar=1",
            *h264,
            *aac,
            *plain,
            lying,
        )
        ffmpeg(
            "-display_rotation",
            "-90",
            "-i",
            lying,
            "-c",
            "copy",
            *plain,
            *stamp,
            "-movflags",
            "+faststart",
            out / "clip-rotated.mp4",
        )
        # without faststart the index (moov) is the last box, so half a file has none
        late = Path(tmp) / "late.mp4"
        ffmpeg("-i", out / "clip.mp4", "-c", "copy", *plain, late)
        data = late.read_bytes()
        assert data.index(b"moov") > len(data) // 2
        (out / "truncated.mp4").write_bytes(data[: len(data) // 2])


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    out = Path(sys.argv[3] if len(sys.argv) == 4 else Path(__file__).parent)
    out.mkdir(parents=True, exist_ok=True)
    photos(sys.argv[1], out)
    videos(sys.argv[2], out)
    for path in sorted(out.iterdir()):
        print(f"{path.stat().st_size:8d} {path.name}")


if __name__ == "__main__":
    main()
