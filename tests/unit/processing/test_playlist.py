"""Playlists that are written are playlists as RFC 8216 wants them."""

import pytest

from processing.recipes.playlist import Segment, Stream, master, media
from tests.hls import attributes, read_master, read_media

SMALL = Stream("240", "avc1.4d400d", 400_000, 300_000, 426, 240, 30.0)
LARGE = Stream("1080", "avc1.640028", 6_000_000, 4_000_000, 1920, 1080, 29.97)
SOUND = Stream("audio", "mp4a.40.2", 140_000, 128_000)
SEGMENTS = [
    Segment("c0.m4s", 0, 800, 0),
    Segment("c0.m4s", 800, 5000, 2.0),
    Segment("c0.m4s", 5800, 4000, 2.0),
    Segment("c1.m4s", 0, 4500, 1.5),
]


def test_a_master_names_each_rung_from_small_to_large_with_what_it_takes():
    text = master([LARGE, SOUND, SMALL], is_finished=True)

    rungs = read_master(text).rungs
    assert [rung.uri for rung in rungs] == ["240.m3u8", "1080.m3u8"]
    assert rungs[1].attributes == {
        "BANDWIDTH": "6140000",
        "AVERAGE-BANDWIDTH": "4128000",
        "CODECS": "avc1.640028,mp4a.40.2",
        "RESOLUTION": "1920x1080",
        "FRAME-RATE": "29.970",
        "AUDIO": "sound",
    }


def test_sound_is_a_group_of_its_own():
    (sound,) = read_master(master([SMALL, SOUND], is_finished=True)).sounds

    assert (sound["URI"], sound["GROUP-ID"], sound["DEFAULT"]) == ("audio.m3u8", "sound", "YES")


def test_only_the_first_of_several_sounds_is_played_unasked():
    sounds = [SOUND, Stream("audio-2", "ac-3", 400_000, 384_000)]

    found = read_master(master([SMALL, *sounds], is_finished=True))

    assert [sound["DEFAULT"] for sound in found.sounds] == ["YES", "NO"]
    assert [sound["NAME"] for sound in found.sounds] == ["Sound", "Sound 2"]
    assert found.rungs[0].attributes["CODECS"] == "avc1.4d400d,mp4a.40.2,ac-3"
    assert found.rungs[0].attributes["BANDWIDTH"] == "800000"


def test_a_silent_video_has_no_group_and_an_unknown_rate_is_not_said():
    silent = Stream("240", "avc1.4d400d", 400_000, 300_000, 426, 240)

    (rung,) = read_master(master([silent], is_finished=True)).rungs

    assert "AUDIO" not in rung.attributes
    assert "FRAME-RATE" not in rung.attributes


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_player_is_told_whether_there_is_more_to_come(is_finished):
    found = read_master(master([SMALL], is_finished=is_finished))

    assert found.is_finished == is_finished


def test_a_media_playlist_names_the_bytes_of_every_piece():
    found = read_media(media(SEGMENTS, address=lambda file: f"https://bytes.example/{file}?x=1"))

    first, second = "https://bytes.example/c0.m4s?x=1", "https://bytes.example/c1.m4s?x=1"
    assert found.head == (first, 0, 800)
    assert [(piece.uri, piece.offset, piece.length) for piece in found.pieces] == [
        (first, 800, 5000),
        (first, 5800, 4000),
        (second, 0, 4500),
    ]
    assert found.seconds == pytest.approx(5.5)


def test_the_address_of_a_file_is_asked_for_once():
    asked: list[str] = []

    def address(file: str) -> str:
        asked.append(file)
        return file

    media(SEGMENTS, address=address)

    assert asked == ["c0.m4s", "c1.m4s"]


@pytest.mark.parametrize(("longest", "target"), [(2.0, 2), (3.4, 4), (0.2, 1)])
def test_no_piece_is_longer_than_the_target(longest, target):
    pieces = [SEGMENTS[0], Segment("c0.m4s", 800, 10, longest), Segment("c0.m4s", 810, 10, 0.1)]

    assert read_media(media(pieces, address=str)).target == target


def test_the_reader_of_these_tests_refuses_what_the_standard_forbids():
    good = media(SEGMENTS, address=str)

    for bad in (
        good.replace("#EXTM3U\n", ""),
        good.replace("#EXT-X-ENDLIST\n", ""),
        good.replace("TARGETDURATION:2", "TARGETDURATION:1"),
        good.replace("#EXT-X-VERSION:7", "#EXT-X-VERSION:3"),
        good.replace("#EXTINF:1.500000,\n", ""),
    ):
        with pytest.raises(AssertionError):
            read_media(bad)


def test_quoted_commas_do_not_divide_attributes():
    assert attributes('A="1,2",B=3') == {"A": "1,2", "B": "3"}
