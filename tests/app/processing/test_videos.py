"""Real videos through the whole pipeline, with the real object store and the real ffmpeg."""

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from albums import actions as albums
from processing import actions, excerpt, probe, queries, reasons, run, work
from processing.ffmpeg import run_ffmpeg
from processing.models import Job, Rendition
from processing.recipes import motion
from tests.app.processing.originals import MEDIA, body, picture, processed, stored
from tests.people import SUMMER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
# The number that H.264 has for them.
NOTES = 6


def made(folder: Path, name: str, *arguments: str) -> bytes:
    """A file that ffmpeg makes of its own test pictures."""
    target = folder / name
    run_ffmpeg(["-v", "error", *arguments, "-y", str(target)], limits=LIMITS, check=lambda: None)
    return target.read_bytes()


def pattern(seconds: float = 1, size: str = "320x240") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=duration={seconds}:size={size}:rate=15"]


TONE = ["-f", "lavfi", "-i", "sine=duration=1"]


def playable(blob, name: str = "") -> av.container.InputContainer:
    """A track as players receive it: the one of that name, or the largest picture."""
    tracks = blob.tracks.filter(name=name) if name else blob.tracks.order_by("-width")
    return av.open(io.BytesIO(body(tracks[0])), "r")


def packets(container: av.container.InputContainer) -> list[list[bytes]]:
    """What each packet is made of, but for the notes between pictures, which are not copied."""
    return [
        [unit for unit in units(bytes(packet)) if unit[0] & 31 != NOTES]
        for packet in container.demux(video=0)
        if packet.size
    ]


def units(packet: bytes) -> Iterator[bytes]:
    while packet:
        end = 4 + int.from_bytes(packet[:4])
        yield packet[4:end]
        packet = packet[end:]


def test_a_playable_video_is_copied_and_not_encoded_again(alice):
    blob = processed(stored(alice, "clip.mp4"))

    assert queries.state_of(blob) == ("ready", "", 100)
    with playable(blob) as copy, av.open(str(MEDIA / "clip.mp4"), "r") as original:
        assert packets(copy) == packets(original)


def test_facts_of_a_video_are_noted(alice):
    blob = processed(stored(alice, "clip.mp4"))

    info = blob.media_info
    assert (info.kind, info.codec, info.width, info.height) == ("video", "h264", 320, 240)
    assert info.duration_seconds == pytest.approx(2.0, abs=0.1)
    assert info.taken_at is not None
    assert info.thumbhash


def test_another_codec_is_encoded_for_every_browser(alice):
    blob = processed(stored(alice, "clip-vp9.webm"))

    assert queries.state_of(blob).state == "ready"
    with playable(blob) as video:
        assert video.streams.video[0].codec_context.name == "h264"
        assert video.streams.video[0].codec_context.pix_fmt == "yuv420p"


def test_a_rotated_video_stands_upright(alice):
    blob = processed(stored(alice, "clip-rotated.mp4"))

    info = blob.media_info
    poster = Image.open(io.BytesIO(picture(blob)))
    assert (info.width, info.height) == (240, 320)
    assert poster.size == (240, 320)


def test_a_rotated_video_is_upright_once_encoded(alice, tmp_path):
    turned = ["-display_rotation", "90", "-i", str(MEDIA / "clip-vp9.webm"), "-c", "copy"]
    blob = processed(stored(alice, made(tmp_path, "turned.mp4", *turned, "-an")))

    with playable(blob) as video:
        frame = next(video.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (240, 320, 0)


def test_the_poster_is_a_picture_of_the_video(alice):
    blob = processed(stored(alice, "clip.mp4"))

    shown = np.asarray(Image.open(io.BytesIO(picture(blob)))).astype(int)
    with av.open(str(MEDIA / "clip.mp4"), "r") as original:
        frames = [frame.to_ndarray(format="rgb24") for frame in original.decode(video=0)]
    assert min(np.abs(shown - frame).mean() for frame in frames) < 8


def test_only_the_sound_is_encoded_when_only_the_sound_is_off(alice, tmp_path):
    mixed = [*pattern(), *TONE, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "ac3"]
    content = made(tmp_path, "mixed.mp4", *mixed)

    blob = processed(stored(alice, content))

    with playable(blob, "source") as video, av.open(io.BytesIO(content), "r") as original:
        assert packets(video) == packets(original)
    with playable(blob, "audio") as sound:
        assert sound.streams.audio[0].codec_context.name == "aac"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("odd.mkv", [*pattern(size="321x241"), "-c:v", "libvpx-vp9", "-pix_fmt", "yuv444p"]),
        ("silent.avi", [*pattern(), "-c:v", "mpeg4"]),
        ("stream.ts", [*pattern(), *TONE, "-c:v", "mpeg2video", "-c:a", "mp2"]),
        ("old.flv", [*pattern(), "-c:v", "flv1"]),
        (
            "hlg.mp4",
            [
                *[*pattern(), "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params"],
                "log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc",
            ],
        ),
        (
            "uneven.mp4",
            [
                *[*pattern(2), "-vf", "select='not(mod(n,7))+not(mod(n,3))'", "-fps_mode", "vfr"],
                *["-c:v", "libx265", "-x265-params", "log-level=none"],
            ],
        ),
        ("wide.mp4", [*pattern(size="2400x1000"), "-c:v", "libx264", "-pix_fmt", "yuv420p"]),
        ("anamorphic.mp4", [*pattern(), "-vf", "setsar=4/3", "-c:v", "libx264"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_people_have_becomes_playable(alice, tmp_path, name, arguments):
    blob = processed(stored(alice, made(tmp_path, name, *arguments)))

    assert queries.state_of(blob) == ("ready", "", 100)
    track = blob.tracks.order_by("-width")[0]
    with playable(blob) as video:
        frame = next(video.decode(video=0))
        assert video.streams.video[0].codec_context.name == "h264"
        assert frame.format.name == "yuv420p"
        assert (frame.width, frame.height) == (track.width, track.height)
        shape = blob.media_info.width / blob.media_info.height
        assert frame.width / frame.height == pytest.approx(shape, rel=0.02)


def test_where_it_was_filmed_stays_in_the_original(alice, tmp_path):
    place = ["-metadata", "location=+43.1931-004.8192/", "-metadata", "title=secret"]
    content = made(tmp_path, "here.mp4", "-i", str(MEDIA / "clip.mp4"), "-c", "copy", *place)

    blob = processed(stored(alice, content))

    assert (blob.media_info.latitude, blob.media_info.longitude) == (43.1931, -4.8192)
    shown = [body(track) for track in blob.tracks.all()]
    shown += [picture(blob, rendition.recipe) for rendition in blob.renditions.all()]
    assert shown
    assert not any(b"43.1931" in each or b"secret" in each for each in shown)


def test_a_video_without_its_index_fails_and_says_so(alice):
    blob = processed(stored(alice, "truncated.mp4"))

    assert queries.state_of(blob) == ("failed", reasons.VIDEO_DAMAGED, 100)


def test_a_video_whose_end_is_missing_keeps_its_poster_and_says_so(alice, tmp_path):
    encoded = [*pattern(20), "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "15"]
    whole = made(tmp_path, "whole.mp4", *encoded, "-movflags", "+faststart")

    blob = processed(stored(alice, whole[: len(whole) // 2]))

    assert queries.state_of(blob) == ("failed", reasons.VIDEO_ENDS_EARLY, 100)
    assert blob.renditions.filter(role=Rendition.Role.IMAGE).exists()
    assert blob.media_info.thumbhash


def test_an_absurd_length_in_the_header_does_not_break_the_library(alice, client, tmp_path):
    content = bytearray(made(tmp_path, "long.avi", *pattern(), "-c:v", "mpeg4"))
    times = content.find(b"strh") + 8 + 20
    # Scale, rate, start and length of the picture's clock.
    struct.pack_into("<IIII", content, times, 0x7FFFFFFF, 1, 0, 0xFFFFFFFF)
    blob = stored(alice, bytes(content))
    albums.add_item(owner=alice, blob=blob, name="long.avi", taken_at=SUMMER)

    processed(blob)
    client.force_login(alice)

    assert "long.avi" in client.get("/").content.decode()


HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{other}\n#EXT-X-ENDLIST\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>{other}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
CONCAT = "ffconcat version 1.0\nfile '{other}'\n"


@pytest.mark.parametrize("playlist", [HLS, DASH, CONCAT], ids=["hls", "dash", "concat"])
def test_a_playlist_in_disguise_never_opens_another_file(alice, playlist):
    blob = processed(stored(alice, playlist.format(other=MEDIA / "clip.mp4").encode()))

    assert queries.state_of(blob) == ("failed", reasons.NOT_MEDIA, 100)


@pytest.mark.parametrize("playlist", [HLS, DASH, CONCAT], ids=["hls", "dash", "concat"])
def test_the_video_tools_themselves_refuse_playlists(tmp_path, playlist):

    disguised = tmp_path / "original"
    disguised.write_text(playlist.format(other=MEDIA / "clip.mp4"))

    with pytest.raises(reasons.Refused):
        probe.look_at_video(str(disguised))
    with pytest.raises(reasons.Refused):
        excerpt.write_key_frames(str(disguised), str(tmp_path / "frames"), [0.0])
    target = str(tmp_path / "made.mp4")
    arguments = motion.playable(str(disguised), target, track=0, has_sound=True)
    with pytest.raises(run.ProgramFailed):
        run_ffmpeg(arguments, limits=LIMITS, check=lambda: None)


def test_a_video_is_ready_only_when_it_plays_but_its_poster_comes_first(alice):
    blob = stored(alice, "clip.mp4")
    work.do_next(actions.request_processing(blob=blob).lane)

    assert queries.state_of(blob).state == "processing"
    assert blob.renditions.filter(role=Rendition.Role.IMAGE).exists()
    assert blob.jobs.get(kind=Job.Kind.SEGMENT).state == "waiting"
