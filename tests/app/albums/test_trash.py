"""What is deleted can be brought back for a while, and then is gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from albums import actions, tasks, trash
from albums.models import Album, Item
from mediashare.storage.models import Blob
from tests.people import photo


def test_deleting_several_can_be_undone(alice):
    items = [photo(alice, name) for name in ("a.jpg", "b.jpg")]
    ids = [item.pk for item in items]

    assert actions.trash_items(owner=alice, ids=ids) == 2
    assert not Item.objects.kept().exists()
    assert actions.restore_items(owner=alice, ids=ids) == 2
    assert Item.objects.kept().count() == 2


def test_deleting_twice_keeps_the_first_time(alice):
    item = photo(alice)
    actions.trash_items(owner=alice, ids=[item.pk])
    first = Item.objects.get().deleted_at

    assert actions.trash_items(owner=alice, ids=[item.pk]) == 0
    assert Item.objects.get().deleted_at == first


def test_nobody_deletes_or_restores_anothers_items(alice, bob):
    item = photo(alice)

    assert actions.trash_items(owner=bob, ids=[item.pk]) == 0
    actions.trash_items(owner=alice, ids=[item.pk])
    assert actions.restore_items(owner=bob, ids=[item.pk]) == 0
    assert actions.delete_forever(owner=bob, ids=[item.pk]) == 0


def test_an_item_keeps_its_place_in_an_album_through_the_trash(alice):
    items = [photo(alice, name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    album = actions.create_album(owner=alice, title="Letters", items=items)

    actions.trash_items(owner=alice, ids=[items[1].pk])
    actions.restore_items(owner=alice, ids=[items[1].pk])

    assert list(album.items.order_by("places__position")) == items


def test_only_what_is_in_the_trash_can_be_deleted_for_ever(alice):
    kept, thrown = photo(alice, "a.jpg"), photo(alice, "b.jpg")
    actions.trash_items(owner=alice, ids=[thrown.pk])

    assert actions.delete_forever(owner=alice, ids=[kept.pk, thrown.pk]) == 1
    assert Item.objects.get() == kept


def test_an_album_leaves_and_comes_back_with_its_items(alice):
    album = actions.create_album(owner=alice, title="Summer", items=[photo(alice)])

    actions.trash_album(album=album)
    assert not Album.objects.kept().exists()
    assert Item.objects.kept().exists()
    actions.restore_album(album=album)

    assert Album.objects.kept().get().items.count() == 1


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_the_trash_is_emptied_after_its_term(alice, settings, days, left):
    settings.TRASH_DAYS = 30
    item = photo(alice)
    album = actions.create_album(owner=alice, title="Summer", items=[item])
    actions.trash_items(owner=alice, ids=[item.pk])
    actions.trash_album(album=album)

    trash.empty(timezone.now() + timedelta(days=days))

    assert (Item.objects.count(), Album.objects.count()) == (left, left)
    assert Blob.objects.count() == 1


def test_a_full_trash_is_emptied_in_batches(alice, monkeypatch):
    monkeypatch.setattr(trash, "BATCH", 2)
    kept = photo(alice, "kept.jpg")
    ids = [photo(alice, f"{number}.jpg").pk for number in range(5)]
    actions.trash_items(owner=alice, ids=ids)

    assert trash.empty(timezone.now() + timedelta(days=99)) == 5
    assert Item.objects.get() == kept


def test_the_task_opens_the_door(alice):
    item = photo(alice)
    Item.objects.update(deleted_at=timezone.now() - timedelta(days=99))

    tasks.empty_trash()

    assert not Item.objects.filter(pk=item.pk).exists()
