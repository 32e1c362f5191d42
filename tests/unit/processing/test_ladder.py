"""Which sizes a video gets, and how its time line is cut."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.recipes import encoding, ladder, motion, previews, recording, tracks, video
from processing.recipes.facts import values

PHONE = ladder.Video(
    width=1920,
    height=1080,
    duration_seconds=60.0,
    codec="h264",
    profile="High",
    pixel_format="yuv420p",
    transfer=1,
    primaries=1,
    matrix=1,
    full_range=False,
    square_pixels=True,
    rotation=0,
    is_interlaced=False,
    frame_rate=30.0,
    is_even=True,
    is_sparse=False,
    key_frame_gap=1.0,
    bits_per_second=17_500_000,
    audio_codec="aac",
    audio_profile="LC",
    audio_channels=2,
)
SECONDS = st.just(0.0) | st.floats(0.01, 20_000)
KEYS = st.lists(st.floats(0, 20_000), unique=True, max_size=200).map(sorted)
LENGTHS = st.sampled_from([10.0, 30.0, 60.0])
SIDES = st.integers(2, 9000)


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (1920, 1080, [(640, 360), (1280, 720), (1920, 1080)]),
        (1080, 1920, [(360, 640), (720, 1280), (1080, 1920)]),
        (3840, 2160, [(640, 360), (1280, 720), (1920, 1080), (3840, 2160)]),
        (960, 540, [(640, 360), (960, 540)]),
        (1440, 1080, [(480, 360), (960, 720), (1440, 1080)]),
        (640, 400, [(576, 360)]),
        (321, 241, [(320, 240)]),
        (3, 4000, [(2, 2666)]),
    ],
)
def test_sizes_are_by_the_short_side_even_and_never_larger(width, height, sizes):
    assert [(rung.width, rung.height) for rung in ladder.rungs(width, height, 30)] == sizes


@given(SIDES, SIDES, st.floats(1, 240))
def test_every_video_has_a_size_and_none_is_enlarged(width, height, rate):
    made = ladder.rungs(width, height, rate)

    assert made
    for rung in made:
        assert rung.width % 2 == rung.height % 2 == 0
        assert min(rung.width, rung.height) <= max(2, min(width, height))
        assert rung.bits_per_second >= 0
    assert all(a.height < b.height for a, b in pairwise(made))


@given(SECONDS, KEYS, LENGTHS, st.booleans())
def test_pieces_cover_the_time_line_once_and_none_is_tiny(seconds, keys, length, exact):
    made = ladder.chunks(seconds, keys, length, exact=exact)

    assert made[0].start == 0
    assert made[-1].end is None
    assert all(before.end == after.start for before, after in pairwise(made))
    for chunk in made:
        lasts = (seconds if chunk.end is None else chunk.end) - chunk.start
        assert chunk.segments * chunk.step == pytest.approx(
            lasts or ladder.SEGMENT_SECONDS, abs=0.1
        )
        if len(made) > 1:
            assert lasts >= ladder.SEGMENT_SECONDS / 2
    if not exact:
        assert all((chunk.end or seconds) - chunk.start <= 2 * length + 3 for chunk in made)
    else:
        assert {chunk.end for chunk in made} - {None} <= set(keys)


def test_pieces_end_where_decoding_can_begin_if_that_is_near():
    keys = [0.0, 4.0, 9.4, 15.0, 19.9, 26.0]

    assert [chunk.end for chunk in ladder.chunks(31, keys, 10)] == [9.4, 19.9, None]


def test_the_longest_video_there_is_has_so_many_pieces_that_a_worker_can_write_them_down():
    longest = values.LONGEST_VIDEO_SECONDS

    waves = ladder.plan(replace(PHONE, codec="hevc", duration_seconds=longest), []).waves

    assert sum(len(wave.chunks) for wave in waves) < 25_000
    assert values.duration(longest + 1) == 0


def test_what_must_be_read_from_its_beginning_is_made_in_few_pieces():
    recorded = replace(PHONE, codec="vp9", is_indexed=False, duration_seconds=3600)

    waves = ladder.plan(recorded, []).waves

    assert all(4 <= len(wave.chunks) <= 9 for wave in waves)


def test_what_browsers_play_is_copied_first_and_only_smaller_sizes_are_encoded():
    first, rest = ladder.plan(PHONE, [float(at) for at in range(60)]).waves

    assert [rung.name for rung in first.rungs] == ["source"]
    assert [rung.name for rung in rest.rungs] == ["360", "720"]


@pytest.mark.parametrize(
    "difference",
    [
        {"codec": "hevc"},
        {"profile": "High 10"},
        {"pixel_format": "yuv422p"},
        {"transfer": 18},
        {"transfer": 16},
        {"square_pixels": False},
        {"rotation": 90},
        {"is_interlaced": True},
        {"is_sparse": True},
        {"frame_rate": 120.0},
        {"key_frame_gap": 12.0},
        {"key_frame_gap": 0.0},
        {"width": 3840, "height": 2160},
        {"width": 1279},
        {"bits_per_second": 80_000_000},
    ],
)
def test_what_browsers_may_not_play_begins_with_its_smallest_size(difference):
    video = replace(PHONE, **difference)

    first, rest = ladder.plan(video, []).waves

    assert [rung.name for rung in first.rungs] == ["360"]
    assert "source" not in {rung.name for rung in rest.rungs}


@pytest.mark.parametrize(
    ("difference", "playable"),
    [
        ({}, True),
        ({"audio_codec": "ac3"}, False),
        ({"audio_codec": "pcm_s16le"}, False),
        ({"audio_profile": "HE-AAC"}, False),
        ({"audio_channels": 6}, False),
    ],
)
def test_sound_that_every_browser_plays_is_copied(difference, playable):
    assert ladder.is_sound_playable(replace(PHONE, **difference)) is playable


@given(SECONDS, KEYS)
def test_a_plan_is_the_same_after_it_was_written_down(seconds, keys):
    plan = ladder.plan(replace(PHONE, duration_seconds=seconds), keys)

    assert ladder.plan_from(plan.to_json()) == plan


@pytest.mark.parametrize(
    ("rate", "sparse", "shown"),
    [
        (30, False, None),
        (60, False, None),
        (120, False, 60),
        (240, False, 60),
        (50, True, 30),
        (0, True, 30),
        (0.1, True, 2),
    ],
)
def test_frames_keep_their_times_unless_they_are_too_many_or_too_few(rate, sparse, shown):
    assert ladder.shown_rate(replace(PHONE, frame_rate=float(rate), is_sparse=sparse)) == shown


def test_a_piece_is_decoded_once_cut_by_time_and_then_scaled_for_each_size():
    rungs = ladder.rungs(1280, 720, 30)
    chunk = ladder.Chunk(10.0, 20.0, 4, 2.5)

    graph = encoding.graph(replace(PHONE, rotation=90, transfer=18), rungs, chunk)

    cut, small, large = graph.split(";")
    assert cut == "[0:v]trim=start=10.000000:end=20.000000,split=2[s360][s720]"
    assert small.startswith(
        "[s360]setparams=color_primaries=1:color_trc=18:colorspace=1,scale=360:640"
    )
    assert small.index("transpose=cclock") < small.index("tonemap") < small.index("format=yuv420p")
    assert large.endswith("[o720]")


def test_neighbours_are_looked_at_before_anything_is_cut():
    interlaced = replace(PHONE, is_interlaced=True, frame_rate=120.0)

    graph = encoding.graph(
        interlaced, ladder.rungs(640, 360, 120), ladder.Chunk(10.0, None, 4, 2.5)
    )

    assert graph.startswith("[0:v]bwdif=mode=send_frame:deint=interlaced,fps=60,trim=start=9.99166")


def test_frames_at_uneven_times_are_stored_in_the_order_they_are_shown():
    chunk = ladder.Chunk(0.0, None, 1, 2.5)
    uneven = encoding.segments(
        "/s",
        "/t",
        video=replace(PHONE, is_even=False),
        rungs=ladder.rungs(640, 360, 30),
        chunk=chunk,
    )

    assert uneven[uneven.index("-bf") + 1] == "0"


SONG = recording.Sound(0, "mp3", "", 2, 44100, 200.0, is_promised=False)
ONE_PIECE = ladder.Chunk(0.0, None, 1, 2.5)


@pytest.mark.parametrize(
    "arguments",
    [
        encoding.segments(
            "/s", "/t", video=PHONE, rungs=ladder.rungs(640, 360, 30), chunk=ONE_PIECE
        ),
        encoding.sound("/s", "/t", copied=False),
        previews.poster("/s", "/t", video=PHONE),
        previews.hover("/s", "/t", video=PHONE),
        previews.storyboard("/s", "/t", video=PHONE, sheet=previews.sheet(PHONE, [0.0])),
        motion.playable("/s", "/t", track=0, has_sound=True),
        recording.encoded("/s", "/t", sound=SONG),
        recording.copied("/s", "/t", sound=SONG, into=recording.MP3),
    ],
    ids=["segments", "sound", "poster", "hover", "storyboard", "motion", "encoded", "copied"],
)
def test_playlists_and_other_protocols_are_locked_out_before_a_file_is_named(arguments):
    for lock in ("-format_whitelist", "-protocol_whitelist"):
        assert arguments.index(lock) < arguments.index("-i")
    formats = arguments[arguments.index("-format_whitelist") + 1].split(",")
    assert not {"hls", "dash", "concat", "image2"} & set(formats)
    assert arguments[arguments.index("-protocol_whitelist") + 1] == "file"


def test_a_track_that_begins_late_does_not_end_early():
    head = {"length": 700, "sha256": "one", "codecs": "avc1.64001f", "timescale": 1000}
    pieces = [{"head": head, "pieces": [[700, 90, start, 4000, 120]]} for start in (1500, 5500)]

    joined = tracks.join(pieces)

    assert (joined.seconds, joined.ends_at) == (8.0, 9.5)


@pytest.mark.parametrize(
    ("made", "promised", "early"),
    [
        (60.0, 60.0, False),
        (57.5, 60.0, False),
        (50.0, 60.0, True),
        (1.2, 2.0, False),
        (2, 0, False),
    ],
)
def test_a_video_ends_early_when_much_of_it_is_missing(made, promised, early):
    assert video.ends_early(made=made, promised=promised) is early
