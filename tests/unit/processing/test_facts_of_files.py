"""Small real files of every kind that carries facts, and what is read out of each."""

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pillow_heif
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from processing import circumstances, photo, probe, run, sound
from tests.unit.processing.test_facts import IPTC, PACKET

LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**24)
UPLOADED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PORTO = "Porto, Portugal"


def camera_tags(*, offset: str = "+01:00") -> Image.Exif:
    """As a phone in Porto writes them in summer."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x4746] = "Fairphone", "Fairphone 5", 4
    tags[0x010E] = "The bridge"
    inner = tags.get_ifd(0x8769)
    inner[0x9003], inner[0x9291] = "2024:07:01 12:00:00", "25"
    inner[0x829A], inner[0x829D], inner[0x8827] = IFDRational(1, 250), IFDRational(28, 10), 100
    inner[0xA434] = "Wide 5.6mm f/1.9"
    if offset:
        inner[0x9011] = offset
    tags.get_ifd(0x8825).update({1: "N", 2: (41.0, 8.0, 24.0), 3: "W", 4: (8.0, 36.0, 36.0)})
    return tags


def picture(kind: str, **options: Any) -> bytes:
    out = BytesIO()
    if kind == "HEIF":
        heif = pillow_heif.from_pillow(Image.new("RGB", (64, 48), "teal"))
        heif.save(out, **{name: bytes_of(value) for name, value in options.items()})
    else:
        Image.new("RGB", (64, 48), "teal").save(out, kind, **options)
    return out.getvalue()


def bytes_of(value: bytes | Image.Exif) -> bytes:
    written: bytes = value if isinstance(value, bytes) else value.tobytes()
    return written


def tiff(tags: Image.Exif) -> bytes:
    """Pillow wants the tags within tags by themselves to write them."""
    inner = {tag: dict(tags.get_ifd(tag)) for tag in (0x8769, 0x8825)}
    return picture("TIFF", tiffinfo={**tags, **inner})


def with_iptc() -> bytes:
    """A JPEG whose only words are those of an agency."""
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\x00\x00" + len(IPTC).to_bytes(4) + IPTC
    plain = picture("JPEG")
    made: bytes = plain[:2] + b"\xff\xed" + (len(block) + 2).to_bytes(2) + block + plain[2:]
    return made


def video(tmp_path, ending: str, **metadata: str) -> bytes:
    target: Path = tmp_path / f"made.{ending}"
    said = [word for name, value in metadata.items() for word in ("-metadata", f"{name}={value}")]
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error"),
            *("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5", "-t", "0.4"),
            *("-pix_fmt", "yuv420p", *said, "-movflags", "use_metadata_tags", str(target)),
        ],
        check=True,
    )
    return target.read_bytes()


def song(tmp_path, ending: str) -> bytes:
    target: Path = tmp_path / f"made.{ending}"
    tags = {"title": "Waves", "artist": "The Pier", "album": "Summer", "genre": "Field"}
    said = [f"{name}={value}" for name, value in {**tags, "date": "2024-07-01"}.items()]
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error"),
            *("-f", "lavfi", "-i", "sine=duration=0.4"),
            *(word for each in said for word in ("-metadata", each)),
            str(target),
        ],
        check=True,
    )
    return target.read_bytes()


@dataclass
class Case:
    """A file's making, its name, and what must be found: date with zone, its source, and more."""

    kind: str
    make: Any
    taken: str
    source: str
    more: dict[str, Any] = field(default_factory=dict)
    name: str = "file"

    def __str__(self) -> str:
        return f"{self.kind} {self.source} {self.name}"


BY_PHONE = {
    "camera": "Fairphone 5",
    "lens": "Wide 5.6mm f/1.9",
    "exposure": "1/250 s, f/2.8, ISO 100",
    "rating": 4,
    "description": "The bridge",
    "place": PORTO,
    "country_code": "PT",
    "latitude": 41.14,
    "longitude": -8.61,
}
BY_PROGRAM = {
    "description": "The pier\nAt dusk",
    "keywords": ["sea", "dusk"],
    "rating": 5,
    "place": "Lisbon, Portugal",
}
NOON = "2024-07-01T12:00:00.250000+01:00"
IN_XMP = "2024-07-01T12:00:00.250000+02:00"
APPLE = {
    "com.apple.quicktime.creationdate": "2024-07-01T12:00:00+0100",
    "com.apple.quicktime.location.ISO6709": "+41.1400-008.6100+010.000/",
    "com.apple.quicktime.make": "Apple",
    "com.apple.quicktime.model": "iPhone 15",
    "creation_time": "2024-07-01T11:00:05Z",
}
ANDROID = {"creation_time": "2024-07-01T11:00:05Z", "location": "+41.1400-008.6100/"}

CASES = [
    Case("jpeg", lambda _: picture("JPEG", exif=camera_tags()), NOON, "exif", BY_PHONE),
    Case("png", lambda _: picture("PNG", exif=camera_tags()), NOON, "exif", BY_PHONE),
    Case("webp", lambda _: picture("WEBP", exif=camera_tags()), NOON, "exif", BY_PHONE),
    Case("avif", lambda _: picture("AVIF", exif=camera_tags()), NOON, "exif", BY_PHONE),
    Case("heic", lambda _: picture("HEIF", exif=camera_tags()), NOON, "exif", BY_PHONE),
    Case("tiff", lambda _: tiff(camera_tags()), NOON, "exif", BY_PHONE),
    # Only the place tells the zone.
    Case("jpeg", lambda _: picture("JPEG", exif=camera_tags(offset="")), NOON, "exif", BY_PHONE),
    Case("jpeg", lambda _: picture("JPEG", xmp=PACKET), IN_XMP, "xmp", BY_PROGRAM),
    Case("webp", lambda _: picture("WEBP", xmp=PACKET), IN_XMP, "xmp", BY_PROGRAM),
    Case("avif", lambda _: picture("AVIF", xmp=PACKET), IN_XMP, "xmp", BY_PROGRAM),
    Case("heic", lambda _: picture("HEIF", xmp=PACKET), IN_XMP, "xmp", BY_PROGRAM),
    Case("tiff", lambda _: picture("TIFF", tiffinfo={700: PACKET}), IN_XMP, "xmp", BY_PROGRAM),
    Case(
        "jpeg",
        lambda _: with_iptc(),
        "2024-07-01T12:00:00+02:00",
        "iptc",
        {"description": "The pier\nCafé", "keywords": ["sea", "dusk"], "place": "Lisbon, Portugal"},
    ),
    Case(
        "video",
        lambda folder: video(folder, "mov", **APPLE),
        "2024-07-01T12:00:00+01:00",
        "quicktime",
        {"camera": "Apple iPhone 15", "place": PORTO},
    ),
    Case(
        "video",
        lambda folder: video(folder, "mp4", **ANDROID),
        "2024-07-01T12:00:05+01:00",
        "container-utc",
        {"place": PORTO, "country_code": "PT"},
    ),
    *(
        Case(
            "sound",
            lambda folder, ending=ending: song(folder, ending),
            "2024-07-01T12:00:00+00:00",
            "container-day",
            {"description": "Waves\nThe Pier, Summer", "keywords": ["Field"], "camera": ""},
        )
        for ending in ("mp3", "m4a", "flac", "ogg")
    ),
    Case(
        "jpeg",
        lambda _: picture("JPEG"),
        "2024-01-31T12:34:56+00:00",
        "name",
        {"place": "", "latitude": None, "camera": ""},
        name="IMG_20240131_123456.jpg",
    ),
    Case(
        "jpeg",
        lambda _: picture("JPEG"),
        "2024-01-31T12:00:00+00:00",
        "name-day",
        name="IMG-20240131-WA0001.jpg",
    ),
    Case("jpeg", lambda _: picture("JPEG"), UPLOADED.isoformat(), "upload-utc"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_a_file_says_is_found(case, tmp_path):
    source = tmp_path / "original"
    source.write_bytes(case.make(tmp_path))
    if case.kind == "video":
        work: tuple[Any, ...] = (probe.look_at_video, str(source))
    elif case.kind == "sound":
        work = (sound.look_at_sound, str(source), str(tmp_path / "cover"))
    else:
        work = (photo.make_photo, str(source), str(tmp_path), case.kind, 10**6)
    found = run.call(*work, limits=LIMITS, check=lambda: None)

    facts = circumstances.settled(found, name=case.name, modified_at=None, uploaded_at=UPLOADED)

    assert facts["taken_at"] == datetime.fromisoformat(case.taken)
    assert facts["date_source"] == case.source
    # Nowhere here is the zone known and that of Greenwich.
    away = datetime.fromisoformat(case.taken).utcoffset()
    assert facts["taken_offset_minutes"] == (away.total_seconds() / 60 if away else None)
    assert {name: facts[name] for name in case.more} == case.more
