"""Sound files through the whole pipeline, with the real object store and the real ffmpeg."""

import io
import struct
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest
from PIL import Image

from albums import actions as albums
from processing import queries, reasons
from processing.ffmpeg import run_ffmpeg
from processing.models import Job, Rendition
from processing.run import Limits
from tests.app.processing.originals import MEDIA, picture, processed, stored
from tests.people import SUMMER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)


class Family(NamedTuple):
    """How ffmpeg makes it, what is in it, and what is made of that."""

    name: str
    arguments: tuple[str, ...]
    codec: str
    made: str = "aac"

    @property
    def is_copied(self) -> bool:
        return self.codec == self.made


FAMILIES = [
    Family("song.mp3", ("-c:a", "libmp3lame"), "mp3", "mp3"),
    Family("bare.mp3", ("-c:a", "libmp3lame", "-id3v2_version", "0"), "mp3", "mp3"),
    Family("song.m4a", ("-c:a", "aac"), "aac"),
    Family("lossless.m4a", ("-c:a", "alac"), "alac"),
    Family("song.flac", ("-c:a", "flac", "-ar", "96000"), "flac"),
    Family("song.wav", ("-c:a", "pcm_s24le", "-ac", "6"), "pcm_s24le"),
    Family("song.ogg", ("-c:a", "libvorbis"), "vorbis"),
    Family("song.opus", ("-c:a", "libopus"), "opus"),
    Family("message.webm", ("-c:a", "libopus"), "opus"),
    Family("song.aac", ("-c:a", "aac"), "aac"),
    Family("song.aiff", (), "pcm_s16be"),
    Family("memo.caf", ("-c:a", "alac"), "alac"),
    Family("call.amr", ("-ar", "8000", "-c:a", "libopencore_amrnb"), "amr_nb"),
]


def made(folder: Path, name: str, *arguments: str, seconds: float = 2) -> bytes:
    target = folder / name
    tone = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}:sample_rate=44100"]
    run_ffmpeg(
        ["-v", "error", *tone, *arguments, "-y", str(target)], limits=LIMITS, check=lambda: None
    )
    return target.read_bytes()


def opened(blob) -> av.container.InputContainer:
    return av.open(io.BytesIO(picture(blob, "audio")), "r")


def packets(container: av.container.InputContainer) -> list[bytes]:
    # AAC by itself has seven bytes before each packet, which MP4 has no use for.
    before = 7 if container.format.name == "aac" else 0
    return [bytes(packet)[before:] for packet in container.demux(audio=0) if packet.size]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda each: each.name)
def test_every_family_becomes_a_sound_that_plays_everywhere(alice, tmp_path, family):
    content = made(tmp_path, family.name, *family.arguments)
    blob = stored(alice, content)
    item = albums.add_item(owner=alice, blob=blob, name=family.name, taken_at=SUMMER)

    processed(blob)

    assert queries.state_of(blob) == ("ready", "", 100)
    item.refresh_from_db()
    assert (item.kind, item.width, item.state) == ("audio", 0, "ready")
    assert item.duration_seconds == pytest.approx(2, abs=0.1)
    assert blob.media_info.codec == family.codec
    rendition = blob.renditions.get()
    assert (rendition.role, rendition.recipe) == (Rendition.Role.AUDIO, "audio")
    with opened(blob) as sound, av.open(io.BytesIO(content), "r") as original:
        context = sound.streams.audio[0].codec_context
        # PyAV has a name of its own for the decoder of MP3.
        assert context.codec.canonical_name == family.made
        assert context.sample_rate <= 48000
        assert context.channels <= 2
        if family.is_copied:
            assert packets(sound)[-20:] == packets(original)[-20:]
        rate = context.sample_rate
    with opened(blob) as sound:
        heard = sum(frame.samples for frame in sound.decode(audio=0))
    assert heard == pytest.approx(2 * rate, rel=0.05)


def test_loudness_stays_and_tags_do_not_go_with_it(alice, tmp_path):
    quiet = ["-af", "volume=0.02", "-metadata", "title=Secret", "-metadata", "comment=+41.1-008.6/"]
    content = made(tmp_path, "quiet.flac", *quiet)

    blob = processed(stored(alice, content))

    with opened(blob) as sound, av.open(io.BytesIO(content), "r") as original:
        assert loudest(sound) == pytest.approx(loudest(original), rel=0.2)
    assert b"Secret" not in picture(blob, "audio")
    assert b"41.1" not in picture(blob, "audio")


def loudest(container: av.container.InputContainer) -> float:
    graph = av.AudioResampler(format="fltp")
    frames = (made for frame in container.decode(audio=0) for made in graph.resample(frame))
    return max(float(np.abs(frame.to_ndarray()).max()) for frame in frames)


def with_cover(folder: Path, name: str, cover: Path) -> bytes:
    attached = ["-i", str(cover), "-map", "0", "-map", "1", "-c:v", "copy"]
    return made(folder, name, *attached, "-disposition:v", "attached_pic", seconds=1)


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a", "song.flac"])
def test_a_cover_is_its_picture_and_says_nothing_of_when_and_where(alice, tmp_path, name):
    blob = processed(stored(alice, with_cover(tmp_path, name, MEDIA / "gps.jpg")))

    info = blob.media_info
    shown = Image.open(io.BytesIO(picture(blob)))
    assert shown.size[0] == 320
    assert info.thumbhash
    assert (info.width, info.phash, info.latitude, info.camera) == (0, None, None, "")
    assert info.date_source == "upload-utc"


def tagged(cover: bytes, song: bytes) -> bytes:
    """An MP3 with a cover in an ID3v2.4 tag, whose lengths have seven bits in each byte."""
    frame = b"\0image/png\0\3\0" + cover
    tag = b"APIC" + seven_bits(len(frame)) + b"\0\0" + frame
    return b"ID3\4\0\0" + seven_bits(len(tag)) + tag + song


def seven_bits(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


@pytest.mark.parametrize(
    "cover",
    [
        pytest.param((MEDIA / "bomb.png").read_bytes(), id="20,000 pixels wide and high"),
        pytest.param((MEDIA / "photo.png").read_bytes() + b"\0" * 2**25, id="32 MiB"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="SVG"),
        pytest.param((MEDIA / "photo.png").read_bytes()[:500], id="cut off"),
        pytest.param((MEDIA / "clip.mp4").read_bytes(), id="a video"),
    ],
)
def test_a_cover_that_is_too_much_or_no_picture_is_left_out(alice, tmp_path, cover):
    song = made(tmp_path, "song.mp3", "-id3v2_version", "0", seconds=1)

    blob = processed(stored(alice, tagged(cover, song)))

    assert queries.state_of(blob) == ("ready", "", 100)
    assert [each.recipe for each in blob.renditions.all()] == ["audio"]
    assert blob.media_info.duration_seconds == pytest.approx(1, abs=0.1)


def test_an_mp3_that_was_cut_off_plays_as_far_as_it_goes(alice, tmp_path):
    content = made(tmp_path, "song.mp3", "-b:a", "128k", seconds=10)

    blob = processed(stored(alice, content[: len(content) // 2]))

    assert queries.state_of(blob).state == "ready"
    assert blob.media_info.duration_seconds == pytest.approx(5, abs=0.5)


@pytest.mark.parametrize("name", ["song.flac", "song.m4a"])
def test_a_file_that_promises_more_plays_and_says_that_it_ends_early(alice, tmp_path, name):
    content = made(tmp_path, name, "-movflags", "+faststart", seconds=10)

    blob = processed(stored(alice, content[: len(content) // 2]))

    assert queries.state_of(blob) == ("failed", reasons.SOUND_ENDS_EARLY, 100)
    assert blob.media_info.duration_seconds == pytest.approx(5, abs=1)
    with opened(blob) as sound:
        assert packets(sound)


def test_a_wav_that_says_it_lasts_ten_hours_is_as_long_as_its_bytes(alice, tmp_path):
    content = bytearray(made(tmp_path, "song.wav", "-ar", "8000", seconds=1))
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 10 * 3600 * 8000 * 2)

    blob = processed(stored(alice, bytes(content)))

    assert queries.state_of(blob) == ("ready", "", 100)
    assert blob.media_info.duration_seconds == pytest.approx(1, abs=0.2)
    assert blob.renditions.get(recipe="audio").size_bytes < 100_000


def test_a_wav_so_slow_that_it_lasts_ten_hours_is_refused(alice, tmp_path):
    content = bytearray(made(tmp_path, "song.wav", "-ar", "8000", seconds=4))
    at = content.index(b"fmt ") + 12
    content[at : at + 8] = struct.pack("<II", 1, 2)

    blob = processed(stored(alice, bytes(content)))

    assert queries.state_of(blob) == ("failed", reasons.SOUND_DAMAGED, 100)


@pytest.mark.parametrize(
    "content",
    [b"ID3\x04\0\0\0\0\0\0" + b"\0" * 5000, b"fLaC" + b"\xff" * 900, b"OggS\0" + b"x" * 900],
    ids=["mp3", "flac", "ogg"],
)
def test_what_only_begins_as_sound_is_refused(alice, content):
    blob = processed(stored(alice, content))

    assert queries.state_of(blob) == ("failed", reasons.SOUND_DAMAGED, 100)


def test_bytes_that_are_not_what_was_declared_are_said_to_be_so(alice, tmp_path):
    blob = processed(stored(alice, made(tmp_path, "song.mp3"), sha256="0" * 64))

    assert queries.state_of(blob) == ("failed", reasons.CHANGED, 100)


def test_looked_at_anew_it_stays_as_long_as_what_was_made_of_it(alice, tmp_path):
    content = made(tmp_path, "song.mp3", "-b:a", "128k", seconds=10)
    blob = processed(stored(alice, content[: len(content) // 2]))
    blob.jobs.filter(kind=Job.Kind.PREPARE).update(state="waiting", standing="done", version=0)

    processed(blob)

    assert blob.jobs.get(kind=Job.Kind.PREPARE).state == Job.State.DONE
    blob.media_info.refresh_from_db()
    assert blob.media_info.duration_seconds == pytest.approx(5, abs=0.5)


def test_the_look_comes_first_and_the_sound_after_it(alice, tmp_path):
    blob = processed(stored(alice, made(tmp_path, "song.mp3")))

    lanes = dict(blob.jobs.values_list("kind", "lane"))
    assert lanes == {Job.Kind.PREPARE: "interactive", Job.Kind.RECORDING: "media"}
