"""What ffmpeg is asked to do, compared as lists."""

from dataclasses import replace

import pytest

from processing.recipes import video

PHONE = video.Video(
    width=1920,
    height=1080,
    duration_seconds=60.0,
    codec="h264",
    profile="High",
    pixel_format="yuv420p",
    transfer=1,
    square_pixels=True,
    audio_codec="aac",
    audio_profile="LC",
    audio_channels=2,
    bits_per_second=17_500_000,
)
COPIED = video.Plan("video-source", 1920, 1080, copy_picture=True, copy_sound=True)
ENCODED = video.Plan("video-720", 1280, 720, copy_picture=False, copy_sound=False)


def test_what_browsers_play_is_copied_first_and_encoded_only_if_that_fails():
    assert video.plans(PHONE) == [COPIED, replace(ENCODED, copy_sound=True)]


@pytest.mark.parametrize(
    "difference",
    [
        {"codec": "hevc"},
        {"profile": "High 10"},
        {"pixel_format": "yuv422p"},
        {"transfer": 18},
        {"transfer": 16},
        {"square_pixels": False},
        {"width": 3840, "height": 2160},
        {"width": 1279},
        {"bits_per_second": 80_000_000},
    ],
)
def test_what_browsers_may_not_play_is_encoded(difference):
    plans = video.plans(replace(PHONE, **difference))

    assert [plan.recipe for plan in plans] == ["video-720"]


@pytest.mark.parametrize(
    "difference",
    [
        {"audio_codec": "ac3"},
        {"audio_codec": "pcm_s16le"},
        {"audio_profile": "HE-AAC"},
        {"audio_channels": 6},
    ],
)
def test_only_the_sound_is_encoded_when_only_the_sound_is_off(difference):
    first = video.plans(replace(PHONE, **difference))[0]

    assert first == replace(COPIED, copy_sound=False)


def test_silence_is_playable():
    assert video.is_sound_playable(replace(PHONE, audio_codec="", audio_channels=0))


@pytest.mark.parametrize(
    ("width", "height", "fitting"),
    [
        (3840, 2160, (1280, 720)),
        (2160, 3840, (720, 1280)),
        (1279, 719, (1278, 718)),
        (640, 480, (640, 480)),
        (4000, 3, (1280, 2)),
    ],
)
def test_an_encoded_video_has_even_sides_and_fits(width, height, fitting):
    assert video.fit(width, height, 1280) == fitting


def test_a_copy_touches_no_pixel_and_forgets_where_it_was_filmed():
    assert video.playable("/s/original", "/s/out.mp4", video=PHONE, plan=COPIED) == [
        *["-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", "1073741824"],
        *["-format_whitelist", video.FORMATS, "-protocol_whitelist", "file"],
        *["-i", "file:/s/original"],
        *["-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn"],
        *["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"],
        *["-c:v", "copy", "-c:a", "copy", "-max_muxing_queue_size", "4096"],
        *["-movflags", "+faststart", "-f", "mp4"],
        *["-progress", "pipe:1", "-nostats", "-y", "file:/s/out.mp4"],
    ]


def test_an_encoding_is_small_upright_and_for_every_browser():
    arguments = video.playable("/s/original", "/s/out.mp4", video=PHONE, plan=ENCODED)

    assert after("-vf", arguments) == "scale=1280:720,setsar=1,format=yuv420p"
    assert after("-c:v", arguments) == "libx264"
    assert after("-c:a", arguments) == "aac"


def test_high_dynamic_range_is_mapped_after_scaling():
    bright = replace(PHONE, transfer=18)

    filters = after("-vf", video.playable("/s/o", "/s/t", video=bright, plan=ENCODED)).split(",")

    assert filters[0] == "scale=1280:720"
    assert "tonemap=hable:desat=0" in filters
    assert filters[-1] == "format=yuv420p"


def test_a_poster_is_one_frame_out_of_ten_key_frames():
    arguments = video.poster("/s/original", "/s/frame.png")

    assert after("-skip_frame", arguments) == "nokey"
    assert after("-vf", arguments).startswith("thumbnail=10,")
    assert after("-frames:v", arguments) == "1"


@pytest.mark.parametrize(
    "arguments",
    [
        video.playable("/s/o", "/s/t", video=PHONE, plan=COPIED),
        video.poster("/s/o", "/s/t"),
    ],
)
def test_playlists_and_other_protocols_are_locked_out_before_the_input_is_named(arguments):
    assert arguments.index("-format_whitelist") < arguments.index("-i")
    assert arguments.index("-protocol_whitelist") < arguments.index("-i")
    assert not {"hls", "dash", "concat", "image2"} & set(
        after("-format_whitelist", arguments).split(",")
    )


@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ("out_time_us=15000000", 25),
        ("out_time_us=90000000", 100),
        ("out_time_us=-4000", 0),
        ("out_time_us=N/A", None),
        ("frame=12", None),
    ],
)
def test_progress_is_read_from_ffmpegs_lines(line, percent):
    assert video.percent_done(line, 60.0) == percent


def test_without_a_known_duration_there_is_no_progress():
    assert video.percent_done("out_time_us=15000000", 0.0) is None


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


def after(name: str, arguments: list[str]) -> str:
    return arguments[arguments.index(name) + 1]
