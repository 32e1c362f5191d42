"""New photos are compared with all others of their owner, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums import actions, tasks
from albums.models import Item, Look, SimilarGroup
from albums.similar import matching, turns
from albums.similar.grouping import MOST
from processing.models import MediaInfo
from tests.app.albums.similar.likenesses import BEACH, CITY, alike, changed, groups_of
from tests.people import photo, video


def test_photos_that_look_alike_are_found(alice):
    photo(alice, "a.jpg", phash=BEACH)
    photo(alice, "b.jpg", phash=changed(BEACH, 6))
    photo(alice, "city.jpg", phash=CITY)
    photo(alice, "blank.jpg", phash=None)

    assert matching.compare_all_new() == 3

    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg"})}


def test_hashes_with_the_highest_bit_are_compared_too(alice):
    photo(alice, "a.jpg", phash=-BEACH)
    photo(alice, "b.jpg", phash=changed(-BEACH, 3))

    matching.compare_all_new()

    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg"})}


def test_a_photo_that_comes_later_joins_them(alice):
    alike(alice, "a.jpg", "b.jpg")

    photo(alice, "c.jpg", phash=changed(BEACH, 2))
    matching.compare_all_new()

    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg", "c.jpg"})}
    assert SimilarGroup.objects.count() == 1


def test_one_persons_photos_are_never_compared_with_anothers(alice, bob):
    photo(alice, "a.jpg", phash=BEACH)
    photo(bob, "b.jpg", phash=BEACH)

    matching.compare_all_new()

    assert not SimilarGroup.objects.exists()


def test_the_posters_of_videos_are_not_compared(alice):
    film = video(alice, "a.mp4")
    MediaInfo.objects.filter(blob=film.blob).update(phash=BEACH)
    actions.note_processed(blob=film.blob)

    assert not Look.objects.exists()


def test_what_was_compared_is_not_compared_again(alice):
    alike(alice, "a.jpg", "b.jpg")
    actions.note_processed(blob=Item.objects.get(name="a.jpg").blob)

    assert matching.compare_all_new() == 0


def test_a_photo_that_looks_new_after_another_recipe_is_compared_again(alice):
    first, _ = alike(alice, "a.jpg", "b.jpg")
    MediaInfo.objects.filter(blob=first.blob).update(phash=changed(BEACH, 1))

    actions.note_processed(blob=first.blob)

    assert matching.compare_all_new() == 1
    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg"})}


def test_a_photo_with_nothing_on_it_any_more_is_in_no_group(alice):
    first, _ = alike(alice, "a.jpg", "b.jpg")
    MediaInfo.objects.filter(blob=first.blob).update(phash=None)

    actions.note_processed(blob=first.blob)

    assert groups_of(alice) == set()


def test_a_long_burst_becomes_groups_that_can_be_looked_at(alice):
    alike(alice, *(f"{number}.jpg" for number in range(2 * MOST + 1)))

    assert sorted(len(group) for group in groups_of(alice)) == [MOST, MOST]


def test_what_is_in_the_trash_makes_no_group_until_it_comes_back(alice):
    first, second = alike(alice, "a.jpg", "b.jpg")
    actions.trash_items(owner=alice, ids=[second.pk])
    assert groups_of(alice) == set()

    actions.restore_items(owner=alice, ids=[second.pk])

    assert groups_of(alice) == {frozenset({first.name, second.name})}


def test_what_comes_while_its_likeness_is_in_the_trash_is_found_when_that_comes_back(alice):
    (first,) = alike(alice, "a.jpg")
    actions.trash_items(owner=alice, ids=[first.pk])
    alike(alice, "b.jpg")

    actions.restore_items(owner=alice, ids=[first.pk])

    assert groups_of(alice) == {frozenset({"a.jpg", "b.jpg"})}


def test_fifty_new_photos_cost_as_many_queries_as_five(alice):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            matching.compare_some(alice.pk)
        return len(captured)

    for number in range(5):
        photo(alice, f"{number}.jpg", phash=BEACH)
    few = queries()
    for number in range(5, 55):
        photo(alice, f"{number}.jpg", phash=BEACH)

    assert queries() == few <= 14


def test_the_door_of_the_timer_opens(alice):
    for name in ("a.jpg", "b.jpg"):
        photo(alice, name, phash=BEACH)

    tasks.find_similar()

    assert len(groups_of(alice)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_person_whose_photos_are_just_compared_is_left_alone(alice):
    photo(alice, "a.jpg", phash=BEACH)
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [turns._number(alice.pk)])

        assert matching.compare_all_new() == 0
        # Closing alone gives the lock back only when the server has noticed.
        other.rollback()
    finally:
        other.close()

    assert matching.compare_all_new() == 1
