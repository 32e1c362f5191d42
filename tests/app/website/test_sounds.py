"""Sound files on pages: tiles, players, downloads, for owners and for visitors."""

import re

import pytest

from albums import actions, permissions
from albums.models import Item
from processing import outbox
from processing.models import Job, MediaInfo
from processing.recipes import versions
from tests.people import SUMMER, job_of, photo, song


def page_of(browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def players(page: str) -> list[str]:
    return re.findall(r"<audio controls[^>]*>", page)


@pytest.mark.parametrize("covered", [False, True])
def test_a_sound_has_a_page_with_controls(her, alice, covered):
    item = song(alice, covered=covered)

    page = page_of(her, f"/items/{item.pk}/")

    (player,) = players(page)
    assert f"renditions/{item.blob_id}/audio-v1" in player
    assert 'aria-label="Sound of 1 July 2024, song.mp3"' in player
    assert ("Cover of song.mp3" in page) is covered
    assert "1:05" in page
    assert "Dimensions" not in page


def test_a_tile_without_cover_says_its_name_and_length(her, alice):
    song(alice, "Waves at dusk.mp3")

    page = page_of(her, "/")

    tile = page[page.index("tile-sound") :]
    assert "Waves at dusk.mp3" in tile
    assert "1:05" in tile
    assert "data-sound=" in page
    assert "data-pswp-src" not in page


def test_a_tile_with_a_cover_shows_it_in_its_own_shape(her, alice):
    song(alice, covered=True)

    page = page_of(her, "/")

    assert "image-320" in page
    assert "ratio-106" in page
    assert "tile-sound" not in page


def test_a_visitor_listens_and_downloads_as_the_link_allows(client, alice):
    album = actions.create_album(owner=alice, title="Summer", items=[song(alice)])
    MediaInfo.objects.update(privacy={"version": versions.HIDING, "patches": [], "why": ""})
    open_link = actions.share_album(album=album)
    closed_link = actions.share_album(album=album, allow_download=False)

    opened, closed = (
        page_of(client, f"/s/{permissions.share_token(link)}/items/{album.items.get().pk}/")
        for link in (open_link, closed_link)
    )

    assert len(players(opened)) == len(players(closed)) == 1
    assert "Download original" in opened
    assert album.items.get().blob.key in opened
    assert album.items.get().blob.key not in closed
    grid = page_of(client, f"/s/{permissions.share_token(closed_link)}/")
    assert "data-sound=" in grid
    assert "data-download=" not in grid


def test_while_its_sound_is_made_it_says_so_on_the_jobs_page(her, alice, monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda lane: None)
    item = song(alice)
    item.blob.renditions.all().delete()
    item.blob.jobs.filter(kind=Job.Kind.RECORDING).delete()
    job_of(item.blob, kind=Job.Kind.RECORDING, lane="media", state="running", progress=40)
    actions.note_processed(blob=item.blob)

    jobs, page = page_of(her, "/jobs/"), page_of(her, f"/items/{item.pk}/")

    assert "song.mp3" in jobs
    assert "Making the sound playable" in jobs
    assert "Preparing" in page
    assert players(page) == []


def test_one_that_ends_early_plays_and_says_so(her, alice):
    item = song(alice)
    Item.objects.update(state="failed", reason="This sound is damaged: it ends early.")

    page, grid = page_of(her, f"/items/{item.pk}/"), page_of(her, "/")

    assert len(players(page)) == 1
    assert "it ends early" in page
    assert ("tile-sound" in grid, "tile-failed" in grid) == (True, False)


def test_sounds_are_never_similar_photos(alice):
    item = song(alice, covered=True)
    MediaInfo.objects.filter(blob=item.blob).update(phash=17)
    actions.add_item(owner=alice, blob=item.blob, name="song.mp3", taken_at=SUMMER)
    actions.note_processed(blob=item.blob)

    assert not hasattr(Item.objects.get(), "look")


def test_a_photo_is_no_sound(her, alice):
    item = photo(alice)

    assert players(page_of(her, f"/items/{item.pk}/")) == []
