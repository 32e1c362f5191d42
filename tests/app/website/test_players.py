"""Videos on pages: what plays them, with scripts and without."""

import re

import pytest

from albums import actions, permissions
from albums.models import Item
from processing.models import Track
from tests.people import photo, streamed, video

HLS = 'type="application/vnd.apple.mpegurl"'


@pytest.fixture
def waves(alice):
    return streamed(video(alice))


def test_an_items_page_plays_the_stream_by_itself_where_the_browser_can(her, waves):
    page = her.get(f"/items/{waves.pk}/").content.decode()

    assert f'<source src="/items/{waves.pk}/stream/master.m3u8" {HLS}>' in page
    assert f'data-storyboard="/items/{waves.pk}/stream/storyboard.vtt"' in page
    assert 'data-duration="65.400"' in page
    assert page.count('<template id="player-controls">') == 1


def test_without_scripts_the_original_is_offered_to_who_may_have_it(her, client, alice, waves):
    album = actions.create_album(owner=alice, title="Summer", items=[waves])
    link = actions.share_album(album=album, allow_download=False)

    own = her.get(f"/items/{waves.pk}/").content.decode()
    shared = client.get(f"/s/{permissions.share_token(link)}/items/{waves.pk}/").content.decode()

    assert "<noscript>" in own
    assert "<noscript>" not in shared


def test_a_visitors_page_plays_through_the_share(client, alice, waves):
    album = actions.create_album(owner=alice, title="Summer", items=[waves])
    door = f"/s/{permissions.share_token(actions.share_album(album=album))}"

    for address in (f"{door}/", f"{door}/items/{waves.pk}/"):
        page = client.get(address).content.decode()
        streams = re.findall(r'"([^"]*/stream/[^"]*)"', page)
        assert set(streams) == {
            f"{door}/items/{waves.pk}/stream/master.m3u8",
            f"{door}/items/{waves.pk}/stream/storyboard.vtt",
        }


def test_a_tile_moves_when_there_is_a_preview(her, alice, waves):
    photo(alice)

    page = her.get("/").content.decode()

    assert page.count("data-preview=") == 1
    assert f'data-video="/items/{waves.pk}/stream/master.m3u8"' in page


def test_the_first_rung_plays_while_the_rest_is_made(her, waves):
    Item.objects.update(state=Item.State.PROCESSING)
    Track.objects.filter(name="720").delete()

    page = her.get(f"/items/{waves.pk}/").content.decode()

    assert "<media-player" in page
    # Only the note is asked for again: what plays is left alone.
    assert re.search(r'id="stage-note"[^>]*hx-trigger', page)
    assert not re.search(r'id="stage"[^>]*hx-trigger', page)


def test_what_is_still_without_a_rung_asks_for_the_whole_stage(her, alice):
    item = video(alice)
    Item.objects.update(state=Item.State.PROCESSING)

    page = her.get(f"/items/{item.pk}/").content.decode()

    assert "<media-player" not in page
    assert re.search(r'id="stage"[^>]*hx-trigger', page)
    # The player that will come needs its element.
    assert "js/player/media-player" in page
