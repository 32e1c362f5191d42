"""What an owner decides about photos that look alike."""

import pytest
from django.utils import timezone

from albums import actions, queries, trash
from albums.models import Distinction, Item, SimilarGroup
from albums.similar import matching
from albums.similar.grouping import MOST
from tests.app.albums.similar.likenesses import alike, group_with, groups_of
from tests.people import photo


def order(album) -> list[str]:
    page = queries.album_page(album=album, viewer=album.owner)
    return [picture.item.name for picture in page.pictures]


def test_the_best_stays_and_the_others_go_into_the_trash(alice):
    a, b, c = alike(alice, "a.jpg", "b.jpg", "c.jpg")

    kept = actions.keep_best(group=group_with(a), best=b.pk)

    assert set(kept.trashed) == {a.pk, c.pk}
    assert list(Item.objects.kept()) == [b]
    assert groups_of(alice) == set()


def test_keeping_twice_throws_nothing_more_away(alice):
    a, b = alike(alice, "a.jpg", "b.jpg")
    group = group_with(a)
    actions.keep_best(group=group, best=b.pk)

    assert actions.keep_best(group=group, best=b.pk).trashed == []
    with pytest.raises(actions.NotInGroup):
        actions.keep_best(group=group, best=a.pk)

    assert list(Item.objects.kept()) == [b]


def test_one_that_is_not_in_the_group_cannot_be_the_best(alice):
    a, _ = alike(alice, "a.jpg", "b.jpg")

    with pytest.raises(actions.NotInGroup):
        actions.keep_best(group=group_with(a), best=photo(alice, "other.jpg").pk)

    assert Item.objects.kept().count() == 3


def test_the_best_takes_the_places_of_the_others_in_albums(alice):
    a, b, c = alike(alice, "a.jpg", "b.jpg", "c.jpg")
    first, last = photo(alice, "first.jpg"), photo(alice, "last.jpg")
    summer = actions.create_album(owner=alice, title="Summer", items=[first, b, c, last])
    winter = actions.create_album(owner=alice, title="Winter", items=[a, b])
    actions.set_cover(album=summer, item=c)

    actions.keep_best(group=group_with(a), best=a.pk)

    assert order(summer) == ["first.jpg", "a.jpg", "last.jpg"]
    assert order(winter) == ["a.jpg"]
    summer.refresh_from_db()
    assert summer.cover == a


def test_undoing_it_puts_everything_back_as_it_was(alice):
    a, b, c = alike(alice, "a.jpg", "b.jpg", "c.jpg")
    summer = actions.create_album(owner=alice, title="Summer", items=[b, c])
    actions.set_cover(album=summer, item=c)
    kept = actions.keep_best(group=group_with(a), best=a.pk)

    actions.restore_items(owner=alice, ids=kept.trashed)
    actions.give_places_back(owner=alice, succession=kept.succession)

    assert order(summer) == ["b.jpg", "c.jpg"]
    summer.refresh_from_db()
    assert summer.cover == c
    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg", "c.jpg"})}


def test_another_cannot_undo_it(alice, bob):
    a, b = alike(alice, "a.jpg", "b.jpg")
    summer = actions.create_album(owner=alice, title="Summer", items=[b])
    kept = actions.keep_best(group=group_with(a), best=a.pk)

    actions.give_places_back(owner=bob, succession=kept.succession)

    assert order(summer) == ["a.jpg"]


def test_a_group_can_be_stacked(alice):
    a, _b, c = alike(alice, "a.jpg", "b.jpg", "c.jpg")

    assert actions.stack_group(group=group_with(a), front=c.pk) == 2

    assert list(Item.objects.shown()) == [c]
    assert groups_of(alice) == set()


def test_what_was_told_apart_is_never_asked_about_again(alice):
    a, _b, _c = alike(alice, "a.jpg", "b.jpg", "c.jpg")

    for _ in range(2):
        actions.tell_apart(group=group_with(a)) if groups_of(alice) else None
        matching.compare_all_new()

    assert groups_of(alice) == set()
    assert Distinction.objects.count() == 3


def test_telling_apart_twice_is_once(alice):
    a, _ = alike(alice, "a.jpg", "b.jpg")
    group = group_with(a)

    actions.tell_apart(group=group)
    actions.tell_apart(group=group)

    assert Distinction.objects.count() == 1


def test_a_newcomer_is_asked_about_with_each_but_never_the_two_with_each_other(alice):
    a, _b = alike(alice, "a.jpg", "b.jpg")
    actions.tell_apart(group=group_with(a))
    matching.compare_all_new()
    asked: list[frozenset[str]] = []

    alike(alice, "c.jpg")
    while groups := groups_of(alice):
        asked += groups
        actions.tell_apart(group=group_with(Item.objects.get(name="c.jpg")))
        matching.compare_all_new()

    assert sorted(map(sorted, asked)) == [["a.jpg", "c.jpg"], ["b.jpg", "c.jpg"]]


def test_a_burst_that_was_told_apart_is_asked_about_with_the_rest_of_it(alice):
    alike(alice, *(f"{number}.jpg" for number in range(MOST + 1)))
    (first,) = groups_of(alice)

    actions.tell_apart(group=SimilarGroup.objects.get())
    matching.compare_all_new()

    (second,) = groups_of(alice)
    assert len(first) == MOST
    assert len(first & second) == 1


def test_groups_that_nothing_is_left_of_are_forgotten(alice):
    a, _b = alike(alice, "a.jpg", "b.jpg")
    actions.tell_apart(group=group_with(a))

    trash.empty(timezone.now())

    assert not SimilarGroup.objects.exists()
