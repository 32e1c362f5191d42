"""Playlists and storyboards as players get them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.utils import timezone

from albums import actions, permissions, streams
from albums.models import Item
from mediashare.storage import delivery
from processing.models import Rendition, Track
from tests.hls import read_master, read_media
from tests.people import photo, streamed, video
from tests.uploading import token_of


@pytest.fixture
def waves(alice):
    return streamed(video(alice))


@pytest.fixture
def her(alice):
    client = Client()
    client.force_login(alice)
    return client


def stream_of(item: Item, file: str = "master.m3u8") -> str:
    return f"/items/{item.pk}/stream/{file}"


def test_a_master_leads_to_every_track(her, waves):
    answer = her.get(stream_of(waves))
    found = read_master(answer.content.decode())

    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert [rung.uri for rung in found.rungs] == ["240.m3u8", "720.m3u8"]
    for uri in [*(rung.uri for rung in found.rungs), found.sounds[0]["URI"]]:
        read_media(her.get(urljoin(stream_of(waves), uri)).content.decode())


def test_pieces_are_at_signed_addresses_of_the_tracks_files(her, waves):
    found = read_media(her.get(stream_of(waves, "720.m3u8")).content.decode())

    key = f"renditions/{waves.blob_id}/hls-720-v1/c0.m4s"
    assert found.pieces[0].uri == delivery.rendition_url(key)
    assert "X-Amz-Signature=" in found.pieces[1].uri


def test_a_storyboard_names_its_signed_sheet(her, waves):
    answer = her.get(stream_of(waves, "storyboard.vtt"))

    key = Rendition.objects.get(recipe="storyboard").key
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert f"{delivery.rendition_url(key)}#xywh=160,0,160,90" in answer.content.decode()


def test_a_player_is_told_that_larger_rungs_are_still_being_made(waves):
    Item.objects.update(state=Item.State.PROCESSING)

    assert not read_master(streams.master(Item.objects.get())).is_finished
    assert read_master(streams.master(waves)).is_finished


@pytest.mark.parametrize("file", ["2160.m3u8", "nothing", "master.mp4", ".m3u8"])
def test_what_was_not_made_is_not_found(her, waves, file):
    assert her.get(stream_of(waves, file)).status_code == 404


def test_a_photo_and_a_video_with_sound_only_so_far_have_no_stream(her, alice, waves):
    picture = photo(alice)
    Track.objects.filter(width__gt=0).delete()
    Rendition.objects.filter(role="storyboard").delete()

    assert her.get(stream_of(picture)).status_code == 404
    assert her.get(stream_of(waves)).status_code == 404
    assert her.get(stream_of(waves, "storyboard.vtt")).status_code == 404


def test_it_is_asked_for_again_each_time_and_sent_only_when_it_changed(her, waves):
    first = her.get(stream_of(waves, "720.m3u8"))
    again = her.get(stream_of(waves, "720.m3u8"), headers={"If-None-Match": first["ETag"]})

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert (again.status_code, again.content) == (304, b"")


def test_its_addresses_stay_within_a_window_and_then_change(waves, monkeypatch):
    opened = datetime(2026, 1, 1, 6, tzinfo=UTC)

    def text_at(moment: datetime) -> str:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return streams.media(waves, "720")

    assert text_at(opened) == text_at(opened + timedelta(hours=5))
    assert text_at(opened) != text_at(opened + timedelta(hours=6))


def test_long_playlists_travel_compressed(her, waves):
    piece = ["c1.m4s", 0, 9000, 4.0]
    Track.objects.filter(name="720").update(segments=[["c0.m4s", 0, 800, 0], *[piece] * 900])

    answer = her.get(stream_of(waves, "720.m3u8"), headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < 20_000


def test_what_is_in_the_trash_does_not_play(her, client, alice, waves):
    album = actions.create_album(owner=alice, title="Summer", items=[waves])
    share = f"/s/{permissions.share_token(actions.share_album(album=album))}"
    assert client.get(f"{share}{stream_of(waves)}").status_code == 200

    actions.trash_items(owner=alice, ids=[waves.pk])

    assert her.get(stream_of(waves)).status_code == 404
    assert client.get(f"{share}{stream_of(waves)}").status_code == 404


@pytest.mark.parametrize("file", ["master.m3u8", "720.m3u8", "storyboard.vtt"])
def test_a_visitor_gets_what_the_owner_gets_and_no_search_engine_keeps_it(
    her, client, alice, waves, file
):
    album = actions.create_album(owner=alice, title="Summer", items=[waves])
    token = permissions.share_token(actions.share_album(album=album, allow_download=False))

    answer = client.get(f"/s/{token}{stream_of(waves, file)}")

    assert answer.content == her.get(stream_of(waves, file)).content
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_program_plays_with_its_token(client, alice, waves, settings):
    bearer = {"Authorization": f"Bearer {token_of(alice)}"}
    item = client.get(f"/api/v1/items/{waves.pk}", headers=bearer).json()
    assert item["stream_url"] == f"{settings.SITE_URL}/api/v1{stream_of(waves)}"
    assert (
        item["storyboard_url"] == f"{settings.SITE_URL}/api/v1{stream_of(waves, 'storyboard.vtt')}"
    )
    assert "hover-v1.mp4" in item["preview_url"]

    path = item["stream_url"].removeprefix(settings.SITE_URL)
    answer = client.get(path, headers={**bearer, "Accept": "application/vnd.apple.mpegurl"})

    assert read_master(answer.content.decode()).rungs


def test_the_api_says_nothing_of_streams_where_there_are_none(her, alice):
    item = her.get(f"/api/v1/items/{photo(alice).pk}").json()

    assert [item[f"{name}_url"] for name in ("stream", "storyboard", "preview")] == [None] * 3


@pytest.mark.parametrize("file", ["master.m3u8", "720.m3u8", "storyboard.vtt"])
def test_it_costs_one_query_beside_finding_the_item(waves, file, django_assert_num_queries):
    item = Item.objects.get(pk=waves.pk)

    with django_assert_num_queries(1):
        streams.document(item, file)
