"""After hiding, nobody reads a place in a file, and its pixels are the same."""

import io
import json
import subprocess
import zlib
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import IFD
from PIL.PngImagePlugin import PngInfo

from processing import hiding, sound
from processing.recipes.patches import Overlay, Patch

MEDIA = Path(__file__).parents[2] / "media"
LISBON = b"38.7075"
GPS = {
    1: "N",
    2: (38.0, 42.0, 27.0),
    3: "W",
    4: (9.0, 8.0, 12.0),
    5: b"\0",
    6: 12.0,
    29: "2024:07:01",
}
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 exif:GPSLatitude="38,42.45N" exif:GPSLongitude='9,8.2W' photoshop:City="Lisboa" xmp:Rating="5">
<photoshop:Country>Portugal</photoshop:Country>
<ext:LocationShown><rdf:Bag><rdf:li><ext:City>Alfama</ext:City></rdf:li></rdf:Bag></ext:LocationShown>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
WORDS = [b"38,42.45N", b"9,8.2W", b"Lisboa", b"Portugal", b"Alfama"]


@pytest.fixture
def picture():
    noise = np.random.default_rng(7).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    return Image.fromarray(noise)


@pytest.fixture
def tags(picture):
    exif = picture.getexif()
    exif[0x010F] = "Nikon"
    exif.get_ifd(IFD.Exif)[0x9003] = "2024:07:01 12:00:00"
    exif.get_ifd(IFD.GPSInfo).update(GPS)
    return exif


def saved(picture, kind, **options) -> bytes:
    body = io.BytesIO()
    picture.save(body, kind, **options)
    return body.getvalue()


def hidden(tmp_path: Path, body: bytes, hide=hiding.hide_in_photo) -> bytes:
    """The body with its place hidden; as an answer through JSON would do it."""
    path = tmp_path / "looked-at"
    path.write_bytes(body)
    answer = json.loads(json.dumps(hide(str(path))))
    assert answer["why"] == ""
    covered = Overlay(answer["patches"]).on(body, at=0)
    assert covered == path.read_bytes()
    assert len(covered) == len(body)
    return covered


def gps_of(body):
    with Image.open(io.BytesIO(body)) as image:
        return image.getexif().get_ifd(IFD.GPSInfo)


def pixels(body):
    with Image.open(io.BytesIO(body)) as image:
        return image.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_in_exif_is_gone_and_all_else_stays(tmp_path, picture, tags, kind):
    body = saved(picture, kind, exif=tags)
    assert gps_of(body)[2] == (38.0, 42.0, 27.0)

    made = hidden(tmp_path, body)

    assert gps_of(made) == {}
    assert pixels(made) == pixels(body)
    with Image.open(io.BytesIO(made)) as image:
        assert image.getexif()[0x010F] == "Nikon"
        assert image.getexif().get_ifd(IFD.Exif)[0x9003] == "2024:07:01 12:00:00"


def test_a_tiff_as_raw_files_are(tmp_path, tags):
    body = tags.tobytes()[6:] + bytes(5000)

    made = hidden(tmp_path, body)

    exif = Image.Exif()
    exif.load(b"Exif\0\0" + made)
    assert exif.get_ifd(IFD.GPSInfo) == {}
    assert (exif[0x010F], exif.get_ifd(IFD.Exif)[0x9003]) == ("Nikon", "2024:07:01 12:00:00")


def test_a_real_photo_of_a_phone(tmp_path):
    body = (Path(__file__).parents[2] / "media" / "gps.jpg").read_bytes()
    assert gps_of(body)

    made = hidden(tmp_path, body)

    assert gps_of(made) == {}
    assert pixels(made) == pixels(body)


def test_a_directory_with_padding_of_windows_beside_the_place(tmp_path, picture, tags):
    tags.get_ifd(IFD.GPSInfo)[0xEA1C] = bytes(20)
    body = saved(picture, "JPEG", exif=tags)
    assert 0xEA1C in gps_of(body)

    assert gps_of(hidden(tmp_path, body)) == {}


def test_an_odd_entry_does_not_hide_the_place_from_us(tmp_path, tags):
    tags[0xC000] = "odd"
    body = tags.tobytes()[6:] + bytes(5000)
    at = body.index(b"\xc0\x00\x00\x02")
    body = body[: at + 2] + b"\x00\xff" + body[at + 4 :]

    made = hidden(tmp_path, body)

    exif = Image.Exif()
    exif.load(b"Exif\0\0" + made)
    assert exif.get_ifd(IFD.GPSInfo) == {}
    assert exif[0x010F] == "Nikon"


def test_a_directory_of_a_place_that_cannot_be_read_stays_closed(tmp_path, tags):
    body = bytearray(tags.tobytes()[6:] + bytes(5000))
    at = body.index(b"\x88\x25\x00\x04")
    directory = int.from_bytes(body[at + 8 : at + 12])
    for entry in range(directory + 2, directory + 2 + 12 * body[directory + 1], 12):
        body[entry + 2] = 0xFF
    path = tmp_path / "looked-at"
    path.write_bytes(body)

    assert "makes no sense" in hiding.hide_in_photo(str(path))["why"]


def test_what_a_jpeg_held_beside_its_pixels_is_gone_from_a_jpeg_xl(tmp_path):
    words = b"packed: Lisboa"
    box = (8 + len(words)).to_bytes(4) + b"jbrd" + words
    body = hiding.JXL_CONTAINER + b"\r\n\x87\n" + box

    assert b"Lisboa" not in hidden(tmp_path, body)


def test_words_of_a_place_where_none_are_known_keep_a_file_closed(tmp_path, picture):
    body = saved(picture, "JPEG", comment=b"GPSLatitude 38.7075")
    path = tmp_path / "looked-at"
    path.write_bytes(body)

    assert "words of a place" in hiding.hide_in_photo(str(path))["why"]


def test_heic(tmp_path, picture, tags):
    heif = pillow_heif.from_pillow(picture)
    out = io.BytesIO()
    heif.save(out, exif=tags.tobytes(), xmp=XMP)
    body = out.getvalue()

    made = hidden(tmp_path, body)

    before, after = (pillow_heif.open_heif(io.BytesIO(one)) for one in (body, made))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    exif = Image.Exif()
    exif.load(after.info["exif"])
    assert exif.get_ifd(IFD.GPSInfo) == {}
    assert exif[0x010F] == "Nikon"
    assert not any(word in after.info["xmp"] for word in WORDS)
    assert b'xmp:Rating="5"' in after.info["xmp"]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_the_place_in_xmp_is_gone_and_its_other_words_stay(tmp_path, picture, kind):
    options: dict[str, object] = {"xmp": XMP}
    if kind == "PNG":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options = {"pnginfo": text}
    body = saved(picture, kind, **options)
    assert all(word in body for word in WORDS)

    made = hidden(tmp_path, body)

    assert not any(word in made for word in WORDS)
    assert b'xmp:Rating="5"' in made
    assert pixels(made) == pixels(body)
    assert is_sound_png(made) if kind == "PNG" else True


def test_compressed_words_of_a_png_go_whole(tmp_path, picture):
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    text.add_text("Raw profile type exif", "\nexif\n   8\n4d4d002a", zip=True)
    text.add_text("exif:GPSLatitude", "38/1, 42/1, 27/1")
    text.add_text("Comment", "kept")
    body = saved(picture, "PNG", pnginfo=text)

    made = hidden(tmp_path, body)

    with Image.open(io.BytesIO(made)) as image:
        image.load()
        assert image.text == {"Comment": "kept"}
    assert is_sound_png(made)
    assert pixels(made) == pixels(body)


def is_sound_png(body: bytes) -> bool:
    """Whether each chunk has its checksum; Pillow does not look at all of them."""
    at = 8
    while at < len(body):
        size = int.from_bytes(body[at : at + 4])
        checked, said = body[at + 4 : at + 8 + size], body[at + 8 + size : at + 12 + size]
        if zlib.crc32(checked) != int.from_bytes(said):
            return False
        at += 12 + size
    return True


def test_words_of_iptc(tmp_path, picture):
    records = b"".join(
        b"\x1c\x02" + bytes([number]) + len(value).to_bytes(2) + value
        for number, value in [(5, b"Title"), (90, b"Lisboa"), (101, b"Portugal")]
    )
    block = b"8BIM\x04\x04\0\0" + len(records).to_bytes(4) + records
    segment = b"Photoshop 3.0\0" + block
    body = saved(picture, "JPEG")
    body = body[:2] + b"\xff\xed" + (len(segment) + 2).to_bytes(2) + segment + body[2:]

    made = hidden(tmp_path, body)

    assert b"Lisboa" not in made
    assert b"Portugal" not in made
    assert b"Title" in made
    assert pixels(made) == pixels(body)


def film(tmp_path, ending, *options):
    """Half a second of a test picture, with a place as options write it."""
    path = tmp_path / f"film.{ending}"
    source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=0.5"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *source, *options, str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


def words_of(body):
    with av.open(io.BytesIO(body), "r") as container:
        frames = len(list(container.decode(video=0)))
        assert frames == 5
        return dict(container.metadata)


PLACE = "location=+38.7075-009.1366/"
APPLE = "com.apple.quicktime.location.ISO6709=+38.7075-009.1366+012.000/"


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        ("mp4", ["-metadata", PLACE]),
        ("mov", ["-metadata", PLACE]),
        ("3gp", ["-metadata", PLACE, "-c:v", "mpeg4"]),
        ("mov", ["-metadata", APPLE, "-movflags", "use_metadata_tags"]),
        ("mp4", ["-metadata", PLACE, "-movflags", "faststart"]),
        ("mp4", ["-metadata", PLACE, "-movflags", "frag_keyframe+empty_moov"]),
    ],
)
def test_the_place_in_a_film_is_gone_and_its_frames_stay(tmp_path, ending, options):
    body = film(tmp_path, ending, *options)
    before = words_of(body)
    assert any("location" in name for name in before)

    made = hidden(tmp_path, body, hiding.hide_in_film)

    after = words_of(made)
    assert LISBON not in made
    assert not any(value.strip() for name, value in after.items() if "location" in name)
    assert frames_of(made) == frames_of(body)


def frames_of(body):
    with av.open(io.BytesIO(body), "r") as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def test_the_film_in_a_moving_photo(tmp_path, picture, tags):
    moving = film(tmp_path, "mp4", "-metadata", PLACE)
    body = saved(picture, "JPEG", exif=tags) + moving + b"SEFT trailer"

    made = hidden(tmp_path, body)

    assert LISBON not in made
    assert gps_of(made) == {}
    assert pixels(made) == pixels(body)
    assert frames_of(made[-len(moving) - 12 : -12]) == frames_of(moving)


def test_subtitles_in_which_a_drone_writes_where_it_is(tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:00,400\nGPS (38.7075, -9.1366)\n")
    body = film(tmp_path, "mp4", "-i", str(words), "-c:s", "mov_text", "-map", "0", "-map", "1")
    assert LISBON in body

    made = hidden(tmp_path, body, hiding.hide_in_film)

    assert LISBON not in made
    with av.open(io.BytesIO(made)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
    assert frames_of(made) == frames_of(body)


def test_a_film_with_bytes_that_nobody_knows_stays_closed(tmp_path):
    path = tmp_path / "film"
    path.write_bytes(film(tmp_path, "mp4") + b"\0\0\x01\0GPS trailer of a camera")

    assert "unknown bytes" in hiding.hide_in_film(str(path))["why"]


def test_a_place_in_a_box_that_was_given_up(tmp_path):
    body = film(tmp_path, "mov", "-metadata", PLACE, "-movflags", "faststart")
    body = body.replace(b"\xa9xyz", b"free")
    assert LISBON in body

    assert LISBON not in hidden(tmp_path, body, hiding.hide_in_film)


def test_what_a_camcorder_writes_between_the_pictures_keeps_a_film_closed(tmp_path):
    body = film(tmp_path, "mp4")
    at = body.index(b"mdat") + 20
    path = tmp_path / "film"
    path.write_bytes(body[:at] + hiding.CAMCORDER + body[at + len(hiding.CAMCORDER) :])

    assert "camcorder" in hiding.hide_in_film(str(path))["why"]


def test_a_file_without_a_place_is_left_as_it_is(tmp_path, picture):
    body = saved(picture, "JPEG")

    assert hidden(tmp_path, body) == body


@pytest.mark.parametrize("seed", range(20))
def test_nonsense_in_the_directories_ends_well(tmp_path, picture, tags, seed):
    """Whatever a hostile file says, the answer comes, and a plain decoder sees the same picture."""
    noise = np.random.default_rng(seed)
    body = bytearray(saved(picture, "JPEG", exif=tags))
    for place in noise.integers(20, 300, 12):
        body[place] = noise.integers(0, 256)
    path = tmp_path / "looked-at"
    path.write_bytes(body)

    answer = hiding.hide_in_photo(str(path))

    assert set(answer) == {"patches", "why"}
    assert all(0 <= patch.offset < patch.end <= len(body) for patch in answer["patches"])


@pytest.mark.parametrize(
    ("more", "is_closed"),
    [
        ([], False),
        (["-metadata", "title=Geography", "-metadata", "date=2024-07-01"], False),
        (["-metadata", "location=Lisboa"], True),
        (["-metadata", "comment=at +38.7075-009.1366/"], True),
    ],
    ids=["plain", "harmless tags", "a tag of a place", "coordinates in a comment"],
)
@pytest.mark.parametrize("ending", ["mp3", "flac", "ogg"])
def test_a_sound_is_given_only_when_it_names_no_place(tmp_path, ending, more, is_closed):
    answer = sound.look_for_place(song(tmp_path / f"song.{ending}", *more))

    assert answer["patches"] == []
    assert bool(answer["why"]) is is_closed


@pytest.mark.parametrize("ending", ["mp3", "flac"])
@pytest.mark.parametrize(("cover", "is_closed"), [("gps.jpg", True), ("orientation-1.jpg", False)])
def test_a_sounds_cover_may_name_a_place_too(tmp_path, ending, cover, is_closed):
    picture = ["-i", str(MEDIA / cover), "-map", "0", "-map", "1", "-c:v", "copy"]

    answer = sound.look_for_place(
        song(tmp_path / f"song.{ending}", *picture, "-disposition:v", "attached_pic")
    )

    assert bool(answer["why"]) is is_closed


def song(target: Path, *more: str) -> str:
    tone = ["-f", "lavfi", "-i", "sine=duration=0.5"]
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-loglevel", "error", *tone, *more, str(target)], check=True)
    return str(target)


def test_patches_are_the_same_however_a_file_is_cut():
    overlay = Overlay([[3, 4, "00"], [5, 10, "414243"], [40, 2, "20"]])
    body = bytes(range(60))
    whole = overlay.on(body, at=0)

    for size in (1, 2, 3, 7, 59):
        chunks = [body[at : at + size] for at in range(0, 60, size)]
        assert b"".join(overlay.over(chunks, at=0)) == whole
    assert whole[5:15] == b"ABCABCABCA"
    assert Patch(5, 10).end == 15
