"""Pieces of odd videos, made apart and joined, against the source: every frame, at its time.

All in one process, without database and store; the children's functions are called as they are.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
import pytest

from processing import excerpt, fragments, probe, run
from processing.ffmpeg import run_ffmpeg
from processing.hiding import CAMCORDER
from processing.recipes import encoding, ladder, tracks

LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
PATTERN = ["-f", "lavfi", "-i", "testsrc2=duration=1:size=160x90:rate=10"]
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
TONE = ["-f", "lavfi", "-i", "sine=duration=3", "-c:a", "aac"]
UNEVEN = ["-vf", "select='not(mod(n,7))+not(mod(n,3))'", "-fps_mode", "vfr"]
VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]
FRAGMENTED = "frag_keyframe+empty_moov"
M2TS = ["-f", "mpegts", "-mpegts_m2ts_mode", "1"]
HEVC = "log-level=none:keyint=20"
HLG = "log-level=none:keyint=15:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"


# What only comes of copying a file: a turn beside the pictures, a beginning that is not shown.
AGAIN = {"turned-left.mp4": ["-display_rotation", "90"], "early.mp4": ["-ss", "0.73"]}


class Oddity(NamedTuple):
    """How ffmpeg makes it, what size it must come out with, and how exact its times must be."""

    name: str
    arguments: Sequence[str]
    size: tuple[int, int] = (160, 90)
    pattern: str = "size=160x90:rate=30"
    seconds: float = 3
    abs: float = 0.0001


ODDITIES = [
    Oddity("plain.mp4", [*X264, "-bf", "2", "-g", "20"]),
    Oddity("open-groups.mp4", [*X264, "-bf", "3", "-x264-params", "open-gop=1:keyint=24"]),
    Oddity("ntsc.mp4", [*X264, "-g", "24"], pattern="size=160x90:rate=30000/1001"),
    Oddity("uneven.mp4", [*UNEVEN, *X264, "-bf", "2", "-g", "10"]),
    Oddity("no-index.mkv", [*X264, "-bf", "2", "-g", "20"], abs=0.0011),
    Oddity("turned-left.mp4", [*X264, "-g", "20"], size=(90, 160)),
    Oddity("odd.mkv", ["-c:v", "libx264", "-pix_fmt", "yuv444p"], (160, 90), "size=161x91:rate=25"),
    Oddity("anamorphic.mp4", ["-vf", "setsar=4/3", *X264], size=(212, 90)),
    Oddity("hlg.mp4", ["-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", HLG]),
    Oddity("vp9.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-g", "60"], abs=0.0011),
    Oddity("av1.mp4", ["-c:v", "libsvtav1", "-preset", "13", "-svtav1-params", "fast-decode=1"]),
    Oddity("prores.mov", ["-c:v", "prores_ks", "-profile:v", "0"]),
    Oddity("mpeg2.ts", ["-c:v", "mpeg2video", "-bf", "2", "-g", "15"]),
    Oddity("mpeg2.mpg", ["-c:v", "mpeg2video", "-bf", "2", "-g", "15", "-f", "vob"]),
    Oddity("interlaced.ts", ["-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-g", "15"]),
    Oddity("mpeg4.avi", ["-c:v", "mpeg4", "-bf", "2"]),
    Oddity("old.flv", ["-c:v", "flv1"], abs=0.0011),
    Oddity("windows.asf", ["-c:v", "wmv2"], abs=0.0011),
    Oddity("one-frame.mp4", [*X264, "-frames:v", "1"]),
    Oddity("with-sound.mp4", [*TONE, *X264, "-bf", "2", "-g", "20"]),
    Oddity("fragments.mp4", [*X264, "-bf", "2", "-g", "20", "-movflags", FRAGMENTED]),
    Oddity("late.mp4", [*X264, "-bf", "2", "-g", "20", "-output_ts_offset", "1.5"]),
    Oddity("early.mp4", [*X264, "-bf", "2", "-g", "20"]),
    Oddity("hevc.mov", ["-c:v", "libx265", "-x265-params", HEVC, "-tag:v", "hvc1"]),
    Oddity("av1.mkv", ["-c:v", "libsvtav1", "-preset", "13"], abs=0.0011),
    Oddity("no-length.webm", [*VP9, "-g", "20", "-live", "1"], abs=0.0011),
    Oddity("few-keys.mts", [*TONE, *X264, "-bf", "2", "-g", "60", *M2TS]),
    Oddity("few-keys.ts", [*TONE, *X264, "-bf", "2", "-g", "60"]),
    Oddity("theora.ogv", ["-c:v", "libtheora", "-g", "20"]),
    Oddity("pal.dv", [], (480, 360), "size=720x576:rate=25", seconds=1.6),
    Oddity("broadcast.mxf", ["-c:v", "mpeg2video", "-g", "15"], pattern="size=160x90:rate=25"),
    Oddity("animation.mov", ["-c:v", "qtrle"]),
    Oddity("sound-first.flv", ["-c:v", "flv1", *TONE, "-ar", "44100"], abs=0.0011),
]


@pytest.mark.parametrize("odd", ODDITIES, ids=lambda odd: odd.name)
def test_pieces_show_every_frame_of_the_source_at_its_time(tmp_path, odd):
    source = made(tmp_path, odd)
    with source.open("rb") as file:
        facts = probe.look_at_video(file)
    video = ladder.video_from(facts)

    joined = pieced(tmp_path, source, video, facts["key_frames"])

    assert (joined.width, joined.height) == odd.size
    assert joined.times == pytest.approx(times(source), abs=odd.abs)


def test_a_film_of_a_camcorder_has_a_poster_and_a_preview_with_one_key_frame(tmp_path):
    source = made(tmp_path, Oddity("tape.mts", [*TONE, *X264, "-bf", "2", "-g", "250", *M2TS]))

    with source.open("rb") as file:
        posters = excerpt.write_key_frames(file, str(tmp_path / "frames"), [0.0, 2.0])
        file.seek(0)
        preview = excerpt.write_pieces(file, str(tmp_path / "pieces"), [0.4, 1.1, 1.9], 0.75)

    assert (len(posters), posters[0] < 0.1) == (1, True)
    assert preview > 0


ODD_SOUNDS = [
    *[("avi", "mp2"), ("avi", "libmp3lame"), ("avi", "adpcm_ima_wav"), ("mp4", "libmp3lame")],
    *[("asf", "wmav2"), ("mov", "alac"), ("mov", "adpcm_ima_qt"), ("mov", "pcm_s16be")],
    *[("flv", "nellymoser"), ("mkv", "truehd"), ("mkv", "libopus"), ("mpg", "mp2")],
]


@pytest.mark.parametrize(("ending", "codec"), ODD_SOUNDS)
def test_all_of_an_odd_sound_is_heard_and_from_its_beginning(tmp_path, ending, codec):
    source = tmp_path / f"odd.{ending}"
    # Silence, and from the first second on a tone.
    beep = "aevalsrc='0.5*sin(2764*t)*gte(t,1)|0.5*sin(2764*t)*gte(t,1)':s=44100:d=2"
    picture = ["-f", "lavfi", "-i", "testsrc2=duration=2:size=160x90:rate=25"]
    kinds = {"flv": "flv1", "mpg": "mpeg2video"}
    sound = ["-c:a", codec, "-ac", "1" if codec in {"nellymoser", "adpcm_ima_qt"} else "2"]
    coded = ["-c:v", kinds.get(ending, "mpeg4"), *sound, "-strict", "-2"]
    ffmpeg(*picture, "-f", "lavfi", "-i", beep, *coded, str(source))

    with source.open("rb") as file:
        assert excerpt.write_sound(file, str(tmp_path / "excerpt"))
    ffmpeg(*encoding.sound(str(tmp_path / "excerpt"), str(tmp_path), copied=False))

    with av.open(str(tmp_path / "audio.m4s"), "r") as made:
        heard = [
            (frame.time or 0.0, float(np.abs(frame.to_ndarray()).max()))
            for frame in made.decode(audio=0)
        ]
    assert heard[-1][0] == pytest.approx(2, abs=0.08)
    assert next(time for time, loud in heard if loud > 0.2) == pytest.approx(1, abs=0.06)


class Joined(NamedTuple):
    width: int
    height: int
    times: list[float]
    track: tracks.Track


def made(folder: Path, odd: Oddity) -> Path:
    target = folder / odd.name
    pictures = ["-f", "lavfi", "-i", f"testsrc2=duration={odd.seconds}:{odd.pattern}"]
    ffmpeg(*pictures, *odd.arguments, str(target))
    if again := AGAIN.get(odd.name):
        odder = folder / f"really-{odd.name}"
        ffmpeg(*again, "-i", str(target), "-c", "copy", str(odder))
        return odder
    return target


def ffmpeg(*arguments: str) -> None:
    run_ffmpeg(["-v", "error", *arguments], limits=LIMITS, check=lambda: None)


def pieced(folder: Path, source: Path, video: ladder.Video, key_frames: Sequence[float]) -> Joined:
    """The smallest rung, made in pieces of about a second and joined as a player sees it."""
    rung = ladder.rungs(video.width, video.height, video.frame_rate)[0]
    found, body = [], b""
    for chunk in ladder.chunks(video.duration_seconds, key_frames, 1.0):
        target = folder / "made"
        target.mkdir(exist_ok=True)
        with source.open("rb") as file:
            ends = chunk.start, chunk.end, encoding.SPARE_SECONDS
            assert excerpt.write_piece(file, str(folder / "excerpt"), *ends)
        run_ffmpeg(
            encoding.segments(
                str(folder / "excerpt"), str(target), video=video, rungs=[rung], chunk=chunk
            ),
            limits=LIMITS,
            check=lambda: None,
        )
        path = target / f"{rung.name}.m4s"
        head, pieces = fragments.read(path)
        found.append({"head": head._asdict(), "pieces": [list(piece) for piece in pieces]})
        body += path.read_bytes()[head.length if body else 0 :]
    track = tracks.join(found)
    whole = folder / "joined.mp4"
    whole.write_bytes(body)
    with av.open(str(whole)) as file:
        frames = [(frame.width, frame.height, frame.time) for frame in file.decode(video=0)]
    return Joined(frames[0][0], frames[0][1], [time for *_, time in frames], track)


def times(path: Path) -> list[float]:
    """When each frame of a file is shown, in seconds from the beginning of the file."""
    with av.open(str(path), "r", options={"fflags": "+genpts"}) as file:
        zero = (file.start_time or 0) / av.time_base
        shown = [frame.time - zero for frame in file.decode(video=0)]
    assert all(before < after for before, after in pairwise(shown))
    return shown


def test_frames_far_apart_are_shown_again_meanwhile(tmp_path):
    """A slide show: players stop where nothing comes, and its last picture stays to the end."""
    source = tmp_path / "slides.mp4"
    slides = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=1/2:duration=6"]
    ffmpeg(*slides, *X264, str(source))
    with source.open("rb") as file:
        facts = probe.look_at_video(file)

    joined = pieced(tmp_path, source, ladder.video_from(facts), facts["key_frames"])

    assert facts["is_sparse"]
    assert joined.times == pytest.approx([at / ladder.SLOWEST for at in range(12)], abs=0.001)


TURNS = [(turn, flip) for turn in (0, 90, 180, 270) for flip in ([], ["-display_hflip"])]


@pytest.mark.parametrize(("turn", "flip"), TURNS)
def test_a_picture_that_is_turned_or_mirrored_comes_out_as_players_show_it(tmp_path, turn, flip):
    plain, source, wanted = (tmp_path / name for name in ("plain.mp4", "odd.mp4", "wanted.mp4"))
    ffmpeg(*PATTERN, *X264, str(plain))
    ffmpeg("-display_rotation", str(turn), *flip, "-i", str(plain), "-c", "copy", str(source))
    ffmpeg("-i", str(source), *X264, "-crf", "1", str(wanted))
    with source.open("rb") as file:
        facts = probe.look_at_video(file)

    pieced(tmp_path, source, ladder.video_from(facts), facts["key_frames"])

    made, shown = first_picture(tmp_path / "joined.mp4"), first_picture(wanted)
    assert made.shape == shown.shape
    assert np.abs(made.astype(int) - shown.astype(int)).mean() < 8


def first_picture(path: Path) -> Any:
    with av.open(str(path)) as file:
        return next(file.decode(video=0)).to_ndarray(format="gray")


@pytest.mark.parametrize(
    ("sound", "copied"),
    [
        (["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac"], True),
        (["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac", "-ac", "6"], False),
        (["-f", "lavfi", "-i", "sine=duration=2", "-c:a", "ac3", "-ac", "6"], False),
        (["-f", "lavfi", "-i", "sine=duration=2:sample_rate=8000", "-c:a", "pcm_s16le"], False),
    ],
    ids=["stereo", "5.1", "ac3", "telephone"],
)
def test_sound_becomes_what_every_browser_plays(tmp_path, sound, copied):
    source = tmp_path / "sound.mov"
    ffmpeg(*PATTERN, *sound, *X264, str(source))
    with source.open("rb") as file:
        video = ladder.video_from(probe.look_at_video(file))
        excerpt.write_sound(file, str(tmp_path / "excerpt"))

    assert ladder.is_sound_playable(video) is copied
    run_ffmpeg(
        encoding.sound(str(tmp_path / "excerpt"), str(tmp_path), copied=copied),
        limits=LIMITS,
        check=lambda: None,
    )

    with av.open(str(tmp_path / "audio.m4s")) as file:
        assert file.streams.audio[0].codec_context.name == "aac"
        frames = list(file.decode(audio=0))
    assert {frame.layout.nb_channels for frame in frames} <= {1, 2}
    assert 1.8 < sum(frame.samples / frame.sample_rate for frame in frames) < 2.2


def test_of_several_sound_tracks_the_one_is_heard_that_the_file_says(tmp_path):
    source = tmp_path / "several.mp4"
    tones = [f"sine=duration=1:frequency={tone}" for tone in (440, 880)]
    inputs = [part for tone in tones for part in ("-f", "lavfi", "-i", tone)]
    maps = ["-map", "0", "-map", "1", "-map", "2", "-c:a", "aac", "-shortest"]
    which = ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    ffmpeg(*PATTERN, *inputs, *maps, *which, *X264, str(source))
    with source.open("rb") as file:
        excerpt.write_sound(file, str(tmp_path / "excerpt"))

    with av.open(str(tmp_path / "excerpt"), format="nut") as file:
        (track,) = file.streams.audio
        heard = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(track)])
    strongest = np.abs(np.fft.rfft(heard)).argmax() * track.rate / len(heard)
    assert strongest == pytest.approx(880, abs=20)


COPIED = [
    Oddity("b-frames.mp4", [*X264, "-preset", "veryfast", "-bf", "3", "-g", "20"]),
    Oddity("uneven.mp4", [*UNEVEN, *X264, "-preset", "veryfast", "-bf", "2", "-g", "10"]),
]


def test_what_a_camcorder_writes_between_the_pictures_is_not_copied(tmp_path):
    notes = f"h264_metadata=sei_user_data={CAMCORDER[:16].hex()}+MDPM38.7075"
    source, piece = tmp_path / "notes.mp4", tmp_path / "piece.m4s"
    ffmpeg(*PATTERN, *X264, "-g", "5", "-bsf:v", notes, str(source))
    assert b"38.7075" in source.read_bytes()

    with source.open("rb") as file:
        assert excerpt.copy_piece(file, str(piece), 0.0, None) == 10

    assert b"38.7075" not in piece.read_bytes()
    assert len(times(piece)) == 10


@pytest.mark.parametrize("odd", COPIED, ids=lambda odd: odd.name)
def test_a_copied_picture_has_every_frame_at_its_time(tmp_path, odd):
    source = made(tmp_path, odd)
    with source.open("rb") as file:
        facts = probe.look_at_video(file)
    found, body = [], b""

    for chunk in ladder.chunks(facts["duration_seconds"], facts["key_frames"], 1.0, exact=True):
        piece = tmp_path / "piece.m4s"
        with source.open("rb") as file:
            excerpt.copy_piece(file, str(piece), chunk.start, chunk.end)
        head, pieces = fragments.read(piece)
        # Nothing is stored behind what is played.
        assert pieces[-1].offset + pieces[-1].length == piece.stat().st_size
        found.append({"head": head._asdict(), "pieces": [list(piece) for piece in pieces]})
        body += piece.read_bytes()[head.length if body else 0 :]

    assert len(found) >= 2
    assert sum(segment.seconds for segment in tracks.join(found).segments) == pytest.approx(
        3, abs=0.1
    )
    whole = tmp_path / "joined.mp4"
    whole.write_bytes(body)
    assert times(whole) == pytest.approx(times(source), abs=odd.abs)
