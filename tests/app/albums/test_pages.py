"""What pages show, and that it costs the same however much there is."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums import actions, queries
from albums.cursors import CursorIsMalformed
from albums.models import AlbumItem, Item
from albums.visitors import Visitor
from tests.people import photo, uploaded, video


def names(page: queries.Page) -> list[str]:
    return [picture.item.name for picture in page.pictures]


def walk(read) -> list[str]:
    """All names of a list, read piece by piece."""
    page = read(cursor="")
    seen = names(page)
    while page.next:
        page = read(cursor=page.next)
        seen += names(page)
    return seen


def cover_of(card: queries.AlbumCard) -> Item | None:
    return card.cover.item if card.cover else None


def queries_of(read) -> int:
    """How many queries it takes to read something and write all its addresses."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        result = read()
        for picture in getattr(result, "pictures", []) or [card.cover for card in result]:
            str((picture.src, picture.srcset, picture.full_src, picture.preview_url))
            str((picture.download_url, picture.alt, picture.progress))
    return len(captured)


class TestLibrary:
    def test_is_newest_first(self, alice):
        for day in (2, 0, 1):
            photo(alice, f"{day}.jpg", day=day)

        assert names(queries.library_page(user=alice)) == ["2.jpg", "1.jpg", "0.jpg"]

    def test_read_in_pieces_is_whole_although_times_are_equal(self, alice):
        expected = {uploaded(alice, f"{number}.jpg").name for number in range(7)}

        seen = walk(lambda cursor: queries.library_page(user=alice, cursor=cursor, size=2))

        assert len(seen) == 7
        assert set(seen) == expected

    def test_does_not_repeat_or_skip_when_something_new_arrives_while_reading(self, alice):
        for day in range(4):
            photo(alice, f"{day}.jpg", day=day)
        first = queries.library_page(user=alice, size=2)

        photo(alice, "new.jpg", day=9)
        second = queries.library_page(user=alice, cursor=first.next, size=2)

        assert names(first) + names(second) == ["3.jpg", "2.jpg", "1.jpg", "0.jpg"]
        assert second.next == ""

    def test_shows_nothing_of_others_and_nothing_deleted(self, alice, bob):
        photo(bob, "bobs.jpg")
        thrown = photo(alice, "thrown.jpg")
        actions.trash_items(owner=alice, ids=[thrown.pk])

        assert names(queries.library_page(user=alice)) == []

    @pytest.mark.parametrize("cursor", ["x", "A" * 31, "é", "f" * 32, "A" * 400, "!" + "A" * 32])
    def test_refuses_a_cursor_that_it_never_gave_out(self, alice, cursor):
        with pytest.raises(CursorIsMalformed):
            queries.library_page(user=alice, cursor=cursor)

    def test_costs_the_same_for_5_and_50_items(self, alice):
        for number in range(5):
            photo(alice, f"{number}.jpg")
        few = queries_of(lambda: queries.library_page(user=alice))
        for number in range(5, 50):
            photo(alice, f"{number}.jpg")

        assert queries_of(lambda: queries.library_page(user=alice)) == few == 4

    def test_costs_one_query_more_while_something_is_processed(self, alice):
        for number in range(5):
            uploaded(alice, f"{number}.jpg")

        assert queries_of(lambda: queries.library_page(user=alice)) == 5


class TestAlbum:
    @pytest.fixture
    def album(self, alice):
        return actions.create_album(owner=alice, title="Summer")

    def test_is_in_its_own_order(self, alice, album):
        for day in (2, 0, 1):
            photo(alice, f"{day}.jpg", day=day, album=album)

        assert names(queries.album_page(album=album, viewer=alice)) == ["2.jpg", "0.jpg", "1.jpg"]

    def test_read_in_pieces_is_whole(self, alice, album):
        expected = [photo(alice, f"{number}.jpg", album=album).name for number in range(7)]
        AlbumItem.objects.update(position=5)

        seen = walk(
            lambda cursor: queries.album_page(album=album, viewer=alice, cursor=cursor, size=3)
        )

        assert seen == expected

    def test_without_what_is_in_the_trash(self, alice, album):
        item = photo(alice, album=album)
        actions.trash_items(owner=alice, ids=[item.pk])

        assert names(queries.album_page(album=album, viewer=alice)) == []

    def test_is_not_shown_to_strangers(self, bob, album):
        for stranger in (bob, AnonymousUser(), Visitor()):
            with pytest.raises(PermissionDenied):
                queries.album_page(album=album, viewer=stranger)

    def test_through_a_link_without_downloads_has_no_address_of_an_original(self, alice, album):
        photo(alice, album=album)
        link = actions.share_album(album=album, allow_download=False)

        page = queries.album_page(album=album, viewer=Visitor.through(link))

        assert page.pictures[0].download_url == ""
        assert page.pictures[0].src

    @pytest.mark.parametrize("cursor", ["x", "_" * 32])
    def test_takes_no_nonsense_for_a_cursor(self, alice, album, cursor):
        try:
            page = queries.album_page(album=album, viewer=alice, cursor=cursor)
        except CursorIsMalformed:
            return
        assert page.pictures == []

    def test_costs_the_same_for_5_and_50_items(self, alice, album):
        for number in range(5):
            photo(alice, f"{number}.jpg", album=album)
        few = queries_of(lambda: queries.album_page(album=album, viewer=alice))
        for number in range(5, 50):
            photo(alice, f"{number}.jpg", album=album)

        assert queries_of(lambda: queries.album_page(album=album, viewer=alice)) == few == 4


class TestListOfAlbums:
    def test_has_counts_and_covers(self, alice):
        beach, dog = photo(alice, "beach.jpg"), photo(alice, "dog.jpg")
        album = actions.create_album(owner=alice, title="Both", items=[beach, dog])
        actions.create_album(owner=alice, title="Empty")

        empty, both = queries.album_list(user=alice)
        assert (empty.count, empty.cover) == (0, None)
        assert (both.count, cover_of(both)) == (2, beach)

        actions.set_cover(album=album, item=dog)
        assert cover_of(queries.album_list(user=alice)[0]) == dog

    def test_neither_counts_nor_shows_what_is_in_the_trash(self, alice):
        beach, dog = photo(alice, "beach.jpg"), photo(alice, "dog.jpg")
        album = actions.create_album(owner=alice, title="Both", items=[beach, dog])
        actions.set_cover(album=album, item=beach)
        actions.trash_items(owner=alice, ids=[beach.pk])

        (card,) = queries.album_list(user=alice)

        assert (card.count, cover_of(card)) == (1, dog)

    def test_of_the_trash_has_only_deleted_albums(self, alice):
        album = actions.create_album(owner=alice, title="Gone")
        actions.create_album(owner=alice, title="Here")
        actions.trash_album(album=album)

        assert [card.album for card in queries.trashed_albums(user=alice)] == [album]
        assert [card.album.title for card in queries.album_list(user=alice)] == ["Here"]

    def test_costs_the_same_for_2_and_20_albums(self, alice):
        def more(count: int) -> None:
            for _ in range(count):
                item = photo(alice, f"{Item.objects.count()}.jpg")
                actions.create_album(owner=alice, title="Summer", items=[item])

        more(2)
        few = queries_of(lambda: queries.album_list(user=alice))
        more(18)

        assert queries_of(lambda: queries.album_list(user=alice)) == few == 3


def test_the_trash_is_last_deleted_first_and_whole(alice):
    for number in range(5):
        item = photo(alice, f"{number}.jpg", day=number)
        when = timezone.now() + timedelta(seconds=number % 2)
        Item.objects.filter(pk=item.pk).update(deleted_at=when)

    seen = walk(lambda cursor: queries.trash_page(user=alice, cursor=cursor, size=2))

    assert seen == ["3.jpg", "1.jpg", "4.jpg", "2.jpg", "0.jpg"]


def test_a_page_can_ask_what_has_become_of_some_pictures(alice, bob):
    own, other = photo(alice), photo(bob)

    asked = queries.pictures_of(viewer=alice, ids=[own.pk, other.pk])

    assert [picture.item for picture in asked] == [own]


class TestNeighbours:
    def test_in_the_library_are_the_newer_and_the_older(self, alice, django_assert_num_queries):
        old, middle, new = (photo(alice, f"{day}.jpg", day=day) for day in range(3))

        with django_assert_num_queries(2):
            beside = queries.library_neighbours(item=middle)

        assert (beside.previous, beside.next) == (new.pk, old.pk)
        assert queries.library_neighbours(item=new).previous is None
        assert queries.library_neighbours(item=old).next is None

    def test_in_the_library_are_found_although_times_are_equal(self, alice):
        for number in range(4):
            uploaded(alice, f"{number}.jpg")
        ordered = [picture.item for picture in queries.library_page(user=alice).pictures]

        nexts = [queries.library_neighbours(item=item).next for item in ordered]

        assert nexts == [*(item.pk for item in ordered[1:]), None]

    def test_in_an_album_follow_its_order(self, alice, django_assert_num_queries):
        items = [photo(alice, f"{number}.jpg") for number in range(4)]
        album = actions.create_album(owner=alice, title="Summer", items=reversed(items))
        actions.trash_items(owner=alice, ids=[items[1].pk])

        with django_assert_num_queries(2):
            beside = queries.album_neighbours(album=album, item=items[2])

        assert (beside.previous, beside.next) == (items[3].pk, items[0].pk)

    def test_are_none_for_what_is_not_in_the_album(self, alice):
        album = actions.create_album(owner=alice, title="Summer", items=[photo(alice, "a.jpg")])

        beside = queries.album_neighbours(album=album, item=video(alice))

        assert (beside.previous, beside.next) == (None, None)
