"""Albums are made, edited and put in order."""

import pytest
from django.utils import timezone

from albums import actions
from albums.models import Album, Item
from tests.people import photo


@pytest.fixture
def abcd(alice):
    """An album with four photos."""
    items = [photo(alice, name) for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg")]
    return actions.create_album(owner=alice, title="Letters", items=items)


def order(album: Album) -> str:
    places = album.places.order_by("position", "id").select_related("item")
    return "".join(place.item.name[0] for place in places)


def named(letter: str) -> Item:
    return Item.objects.get(name=f"{letter}.jpg")


def test_changing_one_thing_of_an_album_leaves_what_another_browser_changed(alice):
    album = actions.create_album(owner=alice, title="Summer")
    as_it_was = Album.objects.get()

    actions.edit_album(album=album, title="Winter")
    actions.edit_album(album=as_it_was, description="In the snow")

    album.refresh_from_db()
    assert (album.title, album.description) == ("Winter", "In the snow")


def test_items_are_in_the_order_they_were_added(alice, abcd):
    added = actions.add_to_album(album=abcd, items=[photo(alice, "f.jpg"), photo(alice, "e.jpg")])

    assert added == 2
    assert order(abcd) == "abcdfe"


def test_adding_what_is_there_changes_nothing(abcd):
    before = abcd.changed_at

    added = actions.add_to_album(album=abcd, items=[named("c"), named("c"), named("a")])

    abcd.refresh_from_db()
    assert (added, order(abcd), abcd.changed_at) == (0, "abcd", before)


def test_nobody_can_put_anothers_picture_into_an_album(bob, abcd):
    assert actions.add_to_album(album=abcd, items=[photo(bob, "x.jpg")]) == 0


def test_removing_takes_an_item_from_the_album_but_not_from_the_library(abcd):
    removed = actions.remove_from_album(album=abcd, items=[named("b"), named("b")])

    assert (removed, order(abcd)) == (1, "acd")
    assert named("b").deleted_at is None


@pytest.mark.parametrize(
    ("moved", "before", "after"),
    [
        ("d", "a", "dabc"),
        ("a", "d", "bcad"),
        ("a", None, "bcda"),
        ("b", "c", "abcd"),
        ("b", "b", "abcd"),
        ("d", None, "abcd"),
        ("c", "b", "acbd"),
    ],
)
def test_an_item_moves_in_front_of_another_or_to_the_end(abcd, moved, before, after):
    actions.move_in_album(album=abcd, item=named(moved), before=named(before) if before else None)

    assert order(abcd) == after


def test_moving_goes_on_when_the_gaps_are_used_up(abcd):
    for _ in range(30):
        actions.move_in_album(album=abcd, item=named("c"), before=named("b"))
        actions.move_in_album(album=abcd, item=named("d"), before=named("b"))

    assert order(abcd) == "acdb"


def test_an_item_that_is_not_there_cannot_move(alice, abcd):
    elsewhere = photo(alice, "x.jpg")

    with pytest.raises(actions.ItemNotInAlbum):
        actions.move_in_album(album=abcd, item=elsewhere, before=None)
    with pytest.raises(actions.ItemNotInAlbum):
        actions.move_in_album(album=abcd, item=named("a"), before=elsewhere)
    assert order(abcd) == "abcd"


def test_the_cover_is_one_of_the_albums_items(alice, abcd):
    actions.set_cover(album=abcd, item=named("c"))
    assert Album.objects.get().cover == named("c")

    with pytest.raises(actions.ItemNotInAlbum):
        actions.set_cover(album=abcd, item=photo(alice, "x.jpg"))


def test_an_album_loses_its_cover_with_the_item(abcd):
    actions.set_cover(album=abcd, item=named("c"))

    actions.remove_from_album(album=abcd, items=[named("c")])

    assert Album.objects.get().cover is None


def test_editing_changes_only_what_is_given(abcd):
    actions.edit_album(album=abcd, description="From A to D")

    abcd.refresh_from_db()
    assert (abcd.title, abcd.description) == ("Letters", "From A to D")


@pytest.mark.parametrize(
    "change",
    [
        lambda album, item: actions.edit_album(album=album, title="New"),
        lambda album, item: actions.set_cover(album=album, item=item),
        lambda album, item: actions.remove_from_album(album=album, items=[item]),
        lambda album, item: actions.move_in_album(album=album, item=item, before=None),
    ],
    ids=["edit", "cover", "remove", "move"],
)
def test_every_change_is_noted_with_its_time(abcd, change):
    now = timezone.now()

    change(abcd, named("a"))

    assert Album.objects.get().changed_at >= now
