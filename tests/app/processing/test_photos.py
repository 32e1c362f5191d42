"""Real photos through the whole pipeline, with the real object store."""

import hashlib
import io
import struct
import zlib

import numpy as np
import pytest
from django.conf import settings
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from albums.actions import add_item
from mediashare.aws import s3
from mediashare.storage.models import Blob
from processing import actions, kept, outbox, photo, queries, reasons, work
from processing.models import Job, MediaInfo, Rendition
from tests.app.processing.originals import MEDIA, picture, processed, stored
from tests.unit.processing.test_run import is_gone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]


def pixels(body: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB")).astype(int)


def encoded(format_: str, **options: object) -> bytes:
    """A picture of 40 by 30 noisy pixels."""
    noise = np.random.default_rng(1).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    body = io.BytesIO()
    Image.fromarray(noise).save(body, format_, **options)
    return body.getvalue()


def jpeg(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, options.pop("format", "JPEG"), **options)
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(alice, orientation):
    blob = processed(stored(alice, f"orientation-{orientation}.jpg"))

    upright = pixels((MEDIA / "orientation-1.jpg").read_bytes())
    made = pixels(picture(blob, blob.renditions.order_by("-width")[0].recipe))
    assert queries.state_of(blob) == ("ready", "", 100)
    assert (blob.media_info.height, blob.media_info.width) == upright.shape[:2]
    assert made.shape == upright.shape
    assert np.abs(made - upright).mean() < 6


@pytest.mark.parametrize("name", ["photo.heic", "photo.png"])
def test_other_formats_become_jpeg(alice, name):
    blob = processed(stored(alice, name))

    assert queries.state_of(blob).state == "ready"
    assert blob.media_info.format == name.split(".")[1]
    assert Image.open(io.BytesIO(picture(blob))).format == "JPEG"


@pytest.mark.parametrize(
    ("file_format", "options"),
    [("AVIF", {"speed": 10}), ("WEBP", {}), ("TIFF", {}), ("GIF", {}), ("PNG", {})],
)
def test_formats_of_every_day_are_understood(alice, file_format, options):
    source = Image.open(MEDIA / "orientation-1.jpg").convert("RGB")
    blob = processed(stored(alice, jpeg(source, format=file_format, **options)))

    assert queries.state_of(blob) == ("ready", "", 100)
    shown = pixels(picture(blob, "image-320"))
    expected = np.asarray(source.resize(shown.shape[1::-1], Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(shown - expected).mean() < 12


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P", "I;16", "RGBA", "LA"])
def test_every_kind_of_pixel_becomes_plain_colour(alice, mode):
    file_format = "JPEG" if mode in {"L", "CMYK"} else "PNG"
    image = Image.new("RGB", (64, 48), (200, 40, 40))
    content = jpeg(
        Image.new("I;16", (64, 48), 30_000) if mode == "I;16" else image.convert(mode),
        format=file_format,
    )

    blob = processed(stored(alice, content))

    assert queries.state_of(blob).state == "ready"
    assert pixels(picture(blob)).shape == (48, 64, 3)


def test_a_photo_takes_so_many_queries(alice, django_assert_num_queries):
    blob = stored(alice, "gps.jpg")
    add_item(owner=alice, blob=blob, name="gps.jpg", taken_at=blob.created_at)
    outbox.request_job(blob=blob, kind=Job.Kind.PREPARE)

    # Two of them ask whether a folder on a computer goes with it.
    with django_assert_num_queries(17):
        work.do_next(Job.Lane.INTERACTIVE)

    assert queries.state_of(blob).state == "ready"


def test_two_owners_photos_never_share_a_child(alice, bob):
    def child_after(owner, name):
        processed(stored(owner, name))
        assert kept._here.kept
        return kept._here.kept.child.pid

    alices = [child_after(alice, f"orientation-{number}.jpg") for number in (1, 2)]
    bobs = child_after(bob, "orientation-3.jpg")

    assert alices[0] == alices[1]
    assert bobs != alices[0]
    assert is_gone(alices[0])


def test_a_photo_that_is_called_something_else_is_a_photo(alice):
    blob = stored(alice, "orientation-1.jpg")
    Blob.objects.update(content_type="application/octet-stream")
    blob.refresh_from_db()

    assert processed(blob).media_info.kind == "photo"


def test_what_is_transparent_becomes_white(alice):
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))

    blob = processed(stored(alice, jpeg(clear, format="PNG")))

    assert pixels(picture(blob)).min() > 250


def test_wide_colours_become_srgb(alice):
    blob = processed(stored(alice, "display-p3.jpg"))

    original = Image.open(MEDIA / "display-p3.jpg")
    profile = ImageCms.ImageCmsProfile(io.BytesIO(original.info["icc_profile"]))
    to_srgb = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    converted = to_srgb.apply(original)
    made = Image.open(io.BytesIO(picture(blob)))
    expected = np.asarray(converted.resize(made.size, Image.Resampling.LANCZOS)).astype(int)
    untouched = np.asarray(original.resize(made.size, Image.Resampling.LANCZOS)).astype(int)
    off = np.abs(pixels(picture(blob)) - expected).mean()
    assert "icc_profile" not in made.info
    assert off < 6
    assert off < np.abs(pixels(picture(blob)) - untouched).mean()


def test_place_camera_and_date_are_read_and_no_rendition_tells_them(alice):
    blob = processed(stored(alice, "gps.jpg"))

    info = blob.media_info
    assert info.latitude is not None
    assert info.longitude is not None
    assert info.camera
    assert info.taken_at is not None
    for rendition in blob.renditions.all():
        body = picture(blob, rendition.recipe)
        assert b"Exif" not in body
        assert not Image.open(io.BytesIO(body)).getexif()
        assert info.camera.split()[0].encode() not in body


def test_renditions_are_rows_with_exact_sizes_and_lasting_keys(alice):
    blob = processed(stored(alice, jpeg(Image.new("RGB", (1000, 500), "teal"))))

    rows = blob.renditions.order_by("width")
    assert [(row.recipe, row.width, row.height) for row in rows] == [
        ("image-320", 320, 160),
        ("image-640", 640, 320),
        ("image-1280", 1000, 500),
    ]
    for row in rows:
        body = picture(blob, row.recipe)
        assert row.key == f"renditions/{blob.pk}/{row.recipe}-v1.jpg"
        assert row.size_bytes == len(body)
        assert Image.open(io.BytesIO(body)).size == (row.width, row.height)


def test_a_placeholder_comes_with_it(alice):
    blob = processed(stored(alice, "orientation-1.jpg"))

    assert 8 <= len(blob.media_info.thumbhash) <= 36


def test_an_animation_shows_its_first_picture(alice):
    red, blue = Image.new("RGB", (30, 30), "red"), Image.new("RGB", (30, 30), "blue")

    blob = processed(stored(alice, jpeg(red, format="GIF", save_all=True, append_images=[blue])))

    assert tuple(pixels(picture(blob))[15, 15].round(-1)) in {(250, 0, 0), (260, 0, 0)}


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum


def raw_like_tiff() -> bytes:
    """A TIFF that says it holds a sensor's data, as DNG and most cameras' own formats do."""
    out = io.BytesIO()
    Image.new("L", (64, 48)).save(out, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    return out.getvalue()


HUGE_PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 90_000, 90_000, 1, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    + chunk(b"IEND", b"")
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect/></svg>"


def test_a_photo_of_two_hundred_megapixels_is_shown(alice):
    blob = processed(stored(alice, jpeg(Image.new("L", (16320, 12240)))))

    assert queries.state_of(blob) == ("ready", "", 100)
    assert (blob.media_info.width, blob.media_info.height) == (16320, 12240)


def test_a_picture_with_a_long_text_in_it_is_shown(alice):
    words = PngInfo()
    words.add_text("prompt", "a dog on the beach " * 100_000, zip=True)

    blob = processed(stored(alice, encoded("PNG", pnginfo=words)))

    assert queries.state_of(blob) == ("ready", "", 100)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("truncated.jpg", reasons.ENDS_EARLY),
        ("bomb.png", reasons.TOO_MANY_PIXELS),
        (HUGE_PNG, reasons.TOO_MANY_PIXELS),
        ("not-a-photo.jpg", reasons.NOT_MEDIA),
        (SVG, reasons.NOT_MEDIA),
        (b"<?xml version='1.0'?>" + SVG, reasons.NOT_MEDIA),
        (b"", reasons.EMPTY),
        (b"\xff\xd8\xff" + b"\0" * 500, reasons.ENDS_EARLY),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, reasons.DAMAGED),
        (encoded("PNG")[:-100], reasons.DAMAGED),
        (encoded("AVIF")[:-100], reasons.ENDS_EARLY),
        (encoded("TIFF")[:-100], reasons.DAMAGED),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500, reasons.DAMAGED),
        (raw_like_tiff(), reasons.DAMAGED),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_cannot_be_shown_fails_at_once_with_a_reason(alice, content, reason):
    blob = processed(stored(alice, content))

    job = blob.jobs.get()
    assert queries.state_of(blob) == ("failed", reason, 100)
    assert job.attempts == 1
    assert not Rendition.objects.exists()
    assert not MediaInfo.objects.exists()
    assert Blob.objects.filter(pk=blob.pk).exists()


def test_a_truncated_heic_is_damaged(alice):
    blob = processed(stored(alice, (MEDIA / "photo.heic").read_bytes()[:20_000]))

    assert queries.state_of(blob).state == "failed"
    assert blob.jobs.get().reason in {reasons.DAMAGED, reasons.ENDS_EARLY}


def test_a_declared_digest_that_agrees_is_marked_as_checked(alice):
    digest = hashlib.sha256((MEDIA / "gps.jpg").read_bytes()).hexdigest()

    blob = processed(stored(alice, "gps.jpg", sha256=digest))

    assert blob.sha256_checked_at is not None


def test_a_file_that_is_not_what_was_declared_is_not_shown(alice):
    blob = processed(stored(alice, "gps.jpg", sha256="0" * 64))

    assert queries.state_of(blob) == ("failed", reasons.CHANGED, 100)


def test_a_wrongly_declared_digest_is_forgotten_so_that_the_real_file_can_come(alice):
    found = hashlib.sha256((MEDIA / "gps.jpg").read_bytes()).hexdigest()

    blob = processed(stored(alice, "gps.jpg", sha256="0" * 64))

    blob.refresh_from_db()
    assert blob.sha256 == found


def test_an_undeclared_digest_is_filled_in(alice):
    blob = processed(stored(alice, "gps.jpg"))

    assert blob.sha256 == hashlib.sha256((MEDIA / "gps.jpg").read_bytes()).hexdigest()
    assert blob.sha256_checked_at is not None


def test_two_blobs_of_the_same_bytes_do_not_quarrel_about_the_digest(alice):
    first, second = (processed(stored(alice, "gps.jpg")) for _ in range(2))

    assert queries.state_of(second).state == "ready"
    assert (bool(first.sha256), second.sha256) == (True, "")
    assert second.sha256_checked_at is not None


def test_an_original_that_is_gone_fails_with_what_to_do(alice):
    blob = stored(alice, "gps.jpg")
    Blob.objects.filter(pk=blob.pk).update(key="originals/nothing/here")
    blob.refresh_from_db()

    assert queries.state_of(processed(blob)) == ("failed", reasons.MISSING, 100)


def test_a_child_cannot_name_other_keys_than_those_of_its_pictures(alice, monkeypatch):
    def lie(*asked, tell):
        tell({"recipe": "x/../../other/image-320", "size": [10, 10]})

    monkeypatch.setattr(photo, "make_photo", lie)
    blob = stored(alice, "gps.jpg")
    actions.request_processing(blob=blob)

    work.do_next("interactive")

    assert "no such picture" in Job.objects.get().detail
    assert not list(s3.keys(bucket=settings.RENDITIONS_BUCKET, prefix="renditions/"))
