"""The library, searched by what its items say."""

from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from albums import actions, queries
from albums.models import ItemWords
from albums.search import words
from processing.models import MediaInfo
from tests.people import photo, uploaded

LISBON = {"latitude": 38.71, "longitude": -9.14}


@pytest.fixture
def tram(alice):
    """A photo of which everything is known."""
    item = photo(alice, "IMG_0412.jpg")
    MediaInfo.objects.filter(blob=item.blob).update(camera="Nikon Z 6", lens="NIKKOR 24-70mm f/4")
    actions.note_processed(blob=item.blob)
    actions.correct_place(owner=alice, ids=[item.pk], **LISBON)
    actions.correct_words(
        owner=alice, ids=[item.pk], description="Up the hill at dawn", keywords=["Eléctrico 28"]
    )
    return item


def found(browser, wanted):
    page = browser.get("/", {"q": wanted})
    assert page.status_code == 200
    return unescape(page.content.decode())


@pytest.mark.parametrize(
    "wanted",
    [
        "lisbon",
        "PORTUGAL",
        "lisb nik",
        "nikkor 24",
        "electrico",
        "dawn hill",
        "0412",
        "img_0412.jpg",
    ],
)
def test_an_item_is_found_by_what_it_says(her, alice, tram, wanted):
    photo(alice, "other.jpg")

    page = found(her, wanted)

    assert f"tile-{tram.pk}" in page
    assert page.count("<photo-tile") == 1
    assert f'value="{wanted}"' in page


@pytest.mark.parametrize("wanted", ["porto", "ikon", "lisbon canon", "!!", "' or 1=1"])
def test_what_says_something_else_is_not_found(her, tram, wanted):
    page = found(her, wanted)

    assert "<photo-tile" not in page
    assert f"Nothing says “{wanted}”" in page


def test_nobody_finds_what_is_anothers(her, his, tram):
    assert "<photo-tile" not in found(his, "lisbon")


def test_what_is_deleted_or_behind_another_is_not_found(her, alice, tram):
    front = photo(alice, "front.jpg")
    actions.stack_items(owner=alice, front=front.pk, ids=[tram.pk])
    assert "<photo-tile" not in found(her, "lisbon")

    actions.unstack(owner=alice, ids=[front.pk])
    assert "<photo-tile" in found(her, "lisbon")

    actions.trash_items(owner=alice, ids=[tram.pk])
    assert "<photo-tile" not in found(her, "lisbon")


def test_words_follow_what_an_item_says(her, alice, tram):
    actions.rename_item(item=tram, name="Funicular")
    undone = actions.correct_place(owner=alice, ids=[tram.pk], latitude=None, longitude=None)

    assert "<photo-tile" in found(her, "funicular")
    assert "<photo-tile" not in found(her, "0412")
    assert "<photo-tile" not in found(her, "lisbon")

    actions.undo_correction(correction=undone)

    assert "<photo-tile" in found(her, "lisbon")


def test_what_nobody_has_looked_at_is_found_by_its_name(her, alice):
    uploaded(alice, "sardines.jpg")

    assert "sardines.jpg" in found(her, "sardin")


def test_a_search_is_read_in_pieces(alice):
    for number in range(5):
        photo(alice, f"tram-{number}.jpg", day=number)
        photo(alice, f"other-{number}.jpg", day=number)

    first = queries.library_page(user=alice, wanted="tram", size=3)
    second = queries.library_page(user=alice, wanted="tram", cursor=first.next, size=3)

    names = [picture.item.name for picture in first.pictures + second.pictures]
    assert names == [f"tram-{number}.jpg" for number in (4, 3, 2, 1, 0)]
    assert second.next == ""


def test_going_on_keeps_the_words(her, alice, monkeypatch):
    monkeypatch.setattr(
        queries.library_page, "__kwdefaults__", {"wanted": "", "cursor": "", "size": 1}
    )
    photo(alice, "tram & 1.jpg")
    photo(alice, "tram & 2.jpg", day=1)

    assert 'href="?q=tram%20%26&cursor=' in found(her, "tram &")


def test_the_words_of_items_that_were_there_before_are_filled_in(her, tram):
    ItemWords.objects.all().delete()
    assert "<photo-tile" not in found(her, "lisbon")

    fill = import_module("albums.migrations.0006_fill_words").fill
    with connection.schema_editor() as editor:
        fill(apps, editor)
        fill(apps, editor)

    assert "<photo-tile" in found(her, "lisbon nikon dawn")


def test_a_search_reads_an_index_of_words(alice, tram):
    looked_for = ItemWords.objects.filter(said__match=words.asked(alice.pk, "lisb nikon"))

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "item_words" in looked_for.explain()
