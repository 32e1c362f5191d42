"""Files made to do harm: each ends soon in a refusal with a sentence, and nothing is made."""

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from processing import reasons
from processing.reasons import Refused
from tests.pictures import moving
from tests.pictures.quarters import by_ffmpeg, chunk, heic, quarters, written
from tests.pictures.sensor import dng
from tests.unit.processing.test_picture_formats import corners, largest, look

SIDE = 60_000


def patched(content: bytes, old: bytes, new: bytes) -> bytes:
    """The same file claiming another size; it must have claimed the old one."""
    assert old in content
    return content.replace(old, new)


def jpeg() -> bytes:
    content = written(quarters(), "JPEG")
    return patched(content, struct.pack(">HH", 48, 64), struct.pack(">HH", SIDE, SIDE))


def png() -> bytes:
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


def gif() -> bytes:
    return patched(
        written(quarters(), "GIF"), struct.pack("<HH", 64, 48), struct.pack("<HH", SIDE, SIDE)
    )


def gif_of_many_frames() -> bytes:
    """A canvas that is allowed, and more frames than anybody waits for, of a pixel each."""
    pixel = struct.pack("<BHHHHB", 0x2C, 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    head = b"GIF89a" + struct.pack("<HHBBB", 1000, 1000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + pixel * 100 + b";"


def webp_of_many_frames() -> bytes:
    images = [quarters(1000, 1000, [(n, 0, 0)] * 4) for n in range(60)]
    return written(images[0], "WEBP", save_all=True, append_images=images[1:], lossless=True)


def tiff() -> bytes:
    content = written(quarters(), "TIFF")
    for tag, length in ((256, 64), (257, 48)):
        for kind, letter in ((3, "H"), (4, "I")):
            entry = struct.pack(f"<HHI{letter}", tag, kind, 1, length)
            content = content.replace(entry, struct.pack(f"<HHI{letter}", tag, kind, 1, SIDE))
    return content


def boxes(content: bytes) -> bytes:
    """The size of a picture in HEIC and AVIF is in a box `ispe`."""
    old = b"ispe\0\0\0\0" + struct.pack(">II", 64, 64)
    return patched(content, old, old[:8] + struct.pack(">II", SIDE, SIDE))


def bmp() -> bytes:
    old = struct.pack("<ii", 64, 48)
    return patched(written(quarters(), "BMP"), old, struct.pack("<ii", SIDE, SIDE))


def jxl() -> bytes:
    """Its header in bits: no multiple of eight, 30 bits each for height and width."""
    bits = 0 | 3 << 1 | (SIDE - 1) << 3 | 0 << 33 | 3 << 36 | (SIDE - 1) << 38
    return b"\xff\x0a" + bits.to_bytes(9, "little") + b"\0" * 50


def raw() -> bytes:
    content = dng(quarters())
    for tag, length in ((256, 64), (257, 48)):
        old = struct.pack("<HHII", tag, 4, 1, length)
        content = patched(content, old, struct.pack("<HHII", tag, 4, 1, SIDE))
    return content


BOMBS = {
    "jpeg": (jpeg, reasons.TOO_MANY_PIXELS),
    "png": (png, reasons.TOO_MANY_PIXELS),
    "gif": (gif, reasons.TOO_MANY_PIXELS),
    "gif, many frames": (gif_of_many_frames, reasons.TOO_LONG),
    "webp, many frames": (webp_of_many_frames, reasons.TOO_LONG),
    "tiff": (tiff, reasons.TOO_MANY_PIXELS),
    "heic": (lambda: boxes(heic(quarters(64, 64))), reasons.TOO_MANY_PIXELS),
    "avif": (lambda: boxes(written(quarters(64, 64), "AVIF", speed=10)), reasons.TOO_MANY_PIXELS),
    "bmp": (bmp, reasons.TOO_MANY_PIXELS),
    "jxl": (jxl, reasons.TOO_MANY_PIXELS),
    "raw": (raw, reasons.TOO_MANY_PIXELS),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_claims_too_much_is_refused_by_its_header(name, tmp_path):
    make, reason = BOMBS[name]

    with pytest.raises(Refused) as refused:
        look(make(), tmp_path)

    assert refused.value.reason == reason
    assert [path.name for path in tmp_path.iterdir()] == ["original"]


def test_a_preview_in_a_raw_file_that_claims_too_much_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        look(dng(quarters(), preview=jpeg()), tmp_path)

    assert refused.value.reason == reasons.TOO_MANY_PIXELS


WHOLE = {
    "jpeg": lambda: written(quarters(), "JPEG", quality=95),
    "png": lambda: written(quarters(), "PNG"),
    "gif": lambda: written(quarters(), "GIF"),
    "webp": lambda: written(quarters(), "WEBP"),
    "tiff": lambda: written(quarters(), "TIFF"),
    "avif": lambda: written(quarters(), "AVIF", speed=10),
    "heic": lambda: heic(quarters()),
    "bmp": lambda: written(quarters(), "BMP"),
    "jxl": lambda: written(quarters(), "JXL", lossless=True),
    "raw": lambda: dng(quarters()),
}


@pytest.mark.parametrize("share", [0.3, 0.7])
@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_ends_early_is_refused(name, share, tmp_path):
    content = WHOLE[name]()

    with pytest.raises(Refused) as refused:
        look(content[: int(len(content) * share)], tmp_path)

    assert refused.value.reason in {reasons.DAMAGED, reasons.ENDS_EARLY}


@pytest.mark.parametrize("name", WHOLE)
def test_noise_in_a_file_ends_in_pictures_or_a_refusal(name, tmp_path):
    content = bytearray(WHOLE[name]())
    for at in range(40, len(content), 37):
        content[at] ^= 0x5A

    with suppress(Refused):
        assert look(bytes(content), tmp_path)["pictures"]


def test_what_else_a_picture_contains_is_not_in_what_is_made_of_it(tmp_path):
    page = b"<html><script>alert(1)</script></html>"
    content = written(quarters(), "JPEG", quality=95, comment=page) + b"PK\3\4" + page * 20

    found = look(content, tmp_path)

    assert corners(largest(found))
    assert not any(b"script" in Path(path).read_bytes() for *_, path in found["pictures"])


def test_words_about_a_film_that_point_beyond_the_file_are_not_believed(tmp_path):
    cut = moving.google()[: -len(moving.FILM) // 2]

    assert look(cut, tmp_path)["moving"] is None


def test_a_film_alone_is_no_photo_with_a_film_in_it(tmp_path):
    content = by_ffmpeg([quarters()] * 2, ".avif", "-c:v", "libsvtav1", "-pix_fmt", "yuv420p")

    found = look(content, tmp_path)

    assert (found["format"], found["is_animated"], found["moving"]) == ("avif", True, None)
