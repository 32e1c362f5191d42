"""Stacks: one is shown, the others stand behind it and lose nothing."""

import pytest

from albums import actions, permissions, queries
from albums.models import Album, Item
from albums.similar import matching
from albums.visitors import Visitor
from tests.app.albums.similar.likenesses import alike, groups_of
from tests.people import photo


@pytest.fixture
def abc(alice) -> list[Item]:
    return [photo(alice, f"{name}.jpg", day=day) for day, name in enumerate("abc")]


def library(owner) -> list[str]:
    return [picture.item.name for picture in queries.library_page(user=owner).pictures]


def contents(album: Album, viewer) -> list[str]:
    page = queries.album_page(album=album, viewer=viewer)
    return [picture.item.name for picture in page.pictures]


def stack(owner, front: Item, *others: Item) -> int:
    return actions.stack_items(owner=owner, front=front.pk, ids=[item.pk for item in others])


def test_the_library_shows_the_one_in_front(alice, abc):
    a, b, c = abc

    assert stack(alice, b, a, c) == 2

    assert library(alice) == ["b.jpg"]


def test_stacking_twice_changes_nothing(alice, abc):
    a, b, _c = abc

    assert [stack(alice, a, b), stack(alice, a, b), stack(alice, a)] == [1, 1, 1]

    assert library(alice) == ["c.jpg", "a.jpg"]


def test_a_stack_comes_along_whole_when_its_front_goes_behind_another(alice, abc):
    a, b, c = abc
    stack(alice, a, b)

    stack(alice, c, a)

    assert library(alice) == ["c.jpg"]
    assert set(c.stacked.values_list("name", flat=True)) == {"a.jpg", "b.jpg"}


def test_another_can_be_shown_instead(alice, abc):
    a, b, c = abc
    stack(alice, a, b, c)
    b.refresh_from_db()

    actions.show_instead(item=b)

    assert library(alice) == ["b.jpg"]
    assert b.stacked.count() == 2


def test_an_album_and_its_link_show_the_front_where_any_of_the_stack_was(alice, abc):
    a, b, c = abc
    album = actions.create_album(owner=alice, title="Summer", items=[a, b])
    link = actions.share_album(album=album)
    visitor = Visitor.through(link)

    stack(alice, c, b)

    assert contents(album, alice) == contents(album, visitor) == ["a.jpg", "c.jpg"]
    assert queries.album_list(user=alice)[0].count == 2
    assert not Item.objects.visible_to(visitor).filter(pk=b.pk).exists()
    assert permissions.share_token(link)


def test_a_cover_behind_another_hands_the_cover_on(alice, abc):
    a, b, _ = abc
    album = actions.create_album(owner=alice, title="Summer", items=[a, b])
    actions.set_cover(album=album, item=b)

    stack(alice, a, b)

    cover = queries.album_list(user=alice)[0].cover
    assert cover is not None
    assert cover.item == a


def test_taking_it_apart_shows_all_again_where_they_were(alice, abc):
    a, b, c = abc
    album = actions.create_album(owner=alice, title="Summer", items=[b])
    stack(alice, a, b, c)

    assert actions.unstack(owner=alice, ids=[a.pk]) == 2
    assert actions.unstack(owner=alice, ids=[a.pk]) == 0

    assert library(alice) == ["c.jpg", "b.jpg", "a.jpg"]
    assert contents(album, alice) == ["a.jpg", "b.jpg"]


def test_one_can_leave_and_the_others_stay(alice, abc):
    a, b, c = abc
    stack(alice, a, b, c)

    actions.unstack(owner=alice, ids=[b.pk])

    assert library(alice) == ["b.jpg", "a.jpg"]


def test_what_leaves_a_stack_is_asked_about_again(alice):
    a, b = alike(alice, "a.jpg", "b.jpg")
    stack(alice, a, b)
    assert groups_of(alice) == set()

    actions.unstack(owner=alice, ids=[a.pk])
    matching.compare_all_new()

    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg"})}


def test_the_front_stands_for_its_stack_when_another_is_like_one_behind(alice):
    a, b = alike(alice, "a.jpg", "b.jpg")
    stack(alice, a, b)

    alike(alice, "c.jpg")

    assert groups_of(alice) == {frozenset({"a.jpg", "c.jpg"})}


def test_a_stack_goes_into_the_trash_and_comes_back_as_one(alice, abc):
    a, b, c = abc
    stack(alice, a, b, c)

    assert actions.trash_items(owner=alice, ids=[a.pk]) == 3
    assert library(alice) == []
    assert actions.restore_items(owner=alice, ids=[a.pk]) == 3

    assert library(alice) == ["a.jpg"]


def test_one_behind_can_go_alone_and_stays_gone_when_the_stack_comes_back(alice, abc):
    a, b, c = abc
    stack(alice, a, b, c)

    assert actions.trash_items(owner=alice, ids=[b.pk]) == 1
    actions.trash_items(owner=alice, ids=[a.pk])
    assert actions.restore_items(owner=alice, ids=[a.pk]) == 2

    assert list(Item.objects.in_trash()) == [b]


def test_one_that_comes_back_without_its_front_is_shown_by_itself(alice, abc):
    a, b, _ = abc
    stack(alice, a, b)
    actions.trash_items(owner=alice, ids=[a.pk])

    actions.restore_items(owner=alice, ids=[b.pk])

    assert library(alice) == ["c.jpg", "b.jpg"]


def test_what_stood_behind_one_that_is_deleted_for_good_can_still_come_back(alice, abc):
    a, b, _ = abc
    stack(alice, a, b)
    actions.trash_items(owner=alice, ids=[a.pk])

    actions.delete_forever(owner=alice, ids=[a.pk])
    actions.restore_items(owner=alice, ids=[b.pk])

    assert library(alice) == ["c.jpg", "b.jpg"]


def test_nobody_stacks_anothers_things(alice, bob, abc):
    a, b, _ = abc
    theirs = photo(bob, "bob.jpg")

    assert stack(alice, a, theirs) == 0
    assert stack(bob, a, b) == 0
    assert stack(bob, theirs, a) == 0

    assert not Item.objects.filter(behind__isnull=False).exists()


def test_nothing_goes_behind_what_is_in_the_trash(alice, abc):
    a, b, _ = abc
    actions.trash_items(owner=alice, ids=[a.pk])

    assert stack(alice, a, b) == 0
    assert library(alice) == ["c.jpg", "b.jpg"]
