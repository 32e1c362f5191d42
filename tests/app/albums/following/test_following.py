"""An album follows a folder: pictures come, are renamed, moved, edited, deleted, and come back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from albums import actions
from albums.following import beginning, keeping, looking
from albums.models import Following, Item
from mediashare.storage import unused
from processing.models import Job
from processing.signals import duplicate
from tests.app.albums.following.shooting import Shoot
from tests.people import blob_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def trips(alice):
    return Shoot(alice)


def test_pictures_and_films_are_shown_and_nothing_else(trips):
    trips.make("Lisbon")
    trips.put("tram.jpg", inside="Lisbon")
    trips.put("sea.jpg")
    trips.put("waves.mp4")
    trips.put("notes.txt")

    trips.catch_up()

    assert trips.shown() == ["sea.jpg", "waves.mp4", "tram.jpg"]


def test_what_comes_later_is_added_at_the_end(trips):
    trips.put("b.jpg")
    trips.catch_up()
    trips.put("a.jpg")

    trips.catch_up()

    assert trips.shown() == ["b.jpg", "a.jpg"]


def test_no_bytes_are_copied_and_they_count_once(trips, alice):
    trips.put("sea.jpg")
    before = alice.used_bytes

    trips.catch_up()

    item = trips.item("sea.jpg")
    assert item.blob.folder_blobs.get().folder == trips.folder
    alice.refresh_from_db()
    assert alice.used_bytes == before


def test_a_renamed_or_moved_file_keeps_its_item_and_what_was_said_of_it(trips, alice):
    trips.make("Lisbon")
    trips.put("sea.jpg")
    trips.put("b.jpg")
    trips.catch_up()
    item = trips.item("sea.jpg")
    actions.correct_words(owner=alice, ids=[item.pk], description="Where we swam")

    trips.rename("sea.jpg", "Atlantic.jpg", inside="Lisbon")
    trips.catch_up()

    assert trips.item("sea.jpg") == item
    item.refresh_from_db()
    assert item.description == "Where we swam"
    assert trips.shown() == ["b.jpg", "Atlantic.jpg"]


def test_new_content_is_shown_in_the_same_item_once_it_is_processed(trips):
    trips.put("sea.jpg", "morning")
    trips.catch_up()
    item, old = trips.item("sea.jpg"), trips.item("sea.jpg").blob

    trips.put("sea.jpg", "evening", is_ready=False)
    trips.catch_up()

    item.refresh_from_db()
    assert item.blob == old
    new = trips.hold("evening")
    assert Job.objects.filter(blob=new, kind=Job.Kind.PREPARE, state=Job.State.WAITING).exists()

    Job.objects.filter(blob=new).update(state=Job.State.DONE)
    keeping.settle(new.pk)

    item.refresh_from_db()
    assert item.blob == new
    assert trips.shown() == ["sea.jpg"]


def test_new_content_that_was_ready_and_never_told_of_is_found_by_the_sweep(trips):
    trips.put("sea.jpg", "morning")
    trips.catch_up()
    trips.put("sea.jpg", "evening", is_ready=False)
    trips.catch_up()
    Job.objects.update(state=Job.State.DONE)

    keeping.sweep()

    assert trips.item("sea.jpg").blob == trips.hold("evening")


def test_a_deleted_file_goes_to_the_trash_and_comes_back_where_it_was(trips):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        trips.put(name)
    trips.catch_up()
    item = trips.item("b.jpg")

    trips.delete("b.jpg")
    trips.catch_up()

    assert trips.shown() == ["a.jpg", "c.jpg"]
    item.refresh_from_db()
    assert item.deleted_at is not None

    trips.bring_back("b.jpg")
    trips.catch_up()

    assert trips.item("b.jpg") == item
    assert trips.shown() == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_file_that_comes_back_when_the_trash_is_empty_is_a_new_item(trips, alice):
    trips.put("sea.jpg")
    trips.catch_up()
    trips.delete("sea.jpg")
    trips.catch_up()
    Item.objects.all().delete()

    trips.bring_back("sea.jpg")
    trips.catch_up()

    assert trips.shown() == ["sea.jpg"]


def test_what_somebody_threw_away_does_not_come_back_by_itself(trips, alice):
    trips.put("sea.jpg")
    trips.catch_up()
    item = trips.item("sea.jpg")
    actions.trash_items(owner=alice, ids=[item.pk])

    trips.rename("sea.jpg", "Atlantic.jpg")
    trips.catch_up()
    trips.delete("sea.jpg")
    trips.catch_up()
    trips.bring_back("sea.jpg")
    trips.catch_up()

    assert trips.shown() == []
    assert not trips.known("sea.jpg").is_deleted


def test_what_was_in_the_library_before_stays_there(trips, alice):
    own = actions.add_item(
        owner=alice, blob=blob_of(alice, "sea"), name="mine.jpg", taken_at=timezone.now()
    )
    trips.put("sea.jpg", "sea")
    trips.catch_up()
    assert trips.shown() == ["mine.jpg"]

    trips.delete("sea.jpg")
    trips.catch_up()

    own.refresh_from_db()
    assert own.deleted_at is None
    assert trips.shown() == []


def test_what_somebody_uploads_too_stays_when_the_file_goes(trips, alice):
    trips.put("sea.jpg", "sea")
    trips.catch_up()
    blob = trips.hold("sea")
    actions.add_item(owner=alice, blob=blob, name="mine.jpg", taken_at=timezone.now())

    trips.delete("sea.jpg")
    trips.catch_up()

    assert Item.objects.get().deleted_at is None


def test_two_files_with_the_same_bytes_are_one_picture_until_both_are_gone(trips):
    trips.put("sea.jpg", "sea")
    trips.put("copy.jpg", "sea")
    trips.catch_up()
    assert len(trips.shown()) == 1

    trips.delete("sea.jpg")
    trips.catch_up()
    assert len(trips.shown()) == 1

    trips.delete("copy.jpg")
    trips.catch_up()
    assert trips.shown() == []
    assert Item.objects.get().deleted_at is not None


def test_one_of_two_copies_that_is_edited_becomes_a_picture_of_its_own(trips):
    trips.put("sea.jpg", "sea")
    trips.put("copy.jpg", "sea")
    trips.catch_up()

    trips.put("copy.jpg", "storm")
    trips.catch_up()

    assert sorted(trips.shown()) == ["copy.jpg", "sea.jpg"]
    assert trips.item("sea.jpg") != trips.item("copy.jpg")


def test_an_edit_that_makes_two_files_the_same_shows_one(trips):
    trips.put("sea.jpg", "sea")
    trips.put("storm.jpg", "storm")
    trips.catch_up()

    trips.put("storm.jpg", "sea")
    trips.catch_up()

    assert trips.shown() == ["sea.jpg"]
    assert trips.item("storm.jpg") == trips.item("sea.jpg")


def test_a_folder_that_is_moved_out_of_what_is_followed_takes_its_pictures_along(alice):
    trips = Shoot(alice, place="Trips")
    trips.make("Lisbon", inside="Trips")
    trips.put("tram.jpg", inside="Lisbon")
    trips.put("elsewhere.jpg")
    trips.catch_up()
    assert trips.shown() == ["tram.jpg"]

    trips.rename("Lisbon", "Lisbon", inside="")
    trips.catch_up()
    assert trips.shown() == []

    trips.rename("Lisbon", "Lisbon", inside="Trips")
    trips.catch_up()
    assert trips.shown() == ["tram.jpg"]


def test_a_picture_that_moves_from_one_album_to_another_is_in_the_other_whoever_is_first(alice):
    trips = Shoot(alice, place="Trips")
    trips.make("Best")
    best = beginning.follow(folder=trips.folder, place=trips.known("Best").entry, title="Best")
    trips.put("sea.jpg", inside="Trips")
    for _ in range(2):
        trips.catch_up()
        keeping.catch_up(best.pk)

    trips.rename("sea.jpg", "sea.jpg", inside="Best")
    trips.catch_up()
    keeping.catch_up(best.pk)
    assert (trips.shown(), trips.shown(best)) == ([], ["sea.jpg"])

    trips.rename("sea.jpg", "sea.jpg", inside="Trips")
    trips.catch_up()
    keeping.catch_up(best.pk)
    assert (trips.shown(), trips.shown(best)) == (["sea.jpg"], [])
    assert Item.objects.get().deleted_at is None


def test_the_film_of_a_live_photo_stays_when_its_photo_is_deleted(trips, alice):
    trips.put("sea.heic")
    trips.put("sea.mov")
    trips.catch_up()
    photo, film = trips.item("sea.heic"), trips.item("sea.mov")
    actions.stack_items(owner=alice, front=photo.pk, ids=[film.pk])
    assert trips.shown() == ["sea.heic"]

    trips.delete("sea.heic")
    trips.catch_up()

    assert trips.shown() == ["sea.mov"]


def test_a_worker_that_comes_while_another_is_at_it_does_nothing(trips):
    trips.put("sea.jpg")
    until = timezone.now() + keeping.LEASE
    Following.objects.update(lease="0" * 32, lease_until=until)

    trips.catch_up()
    assert trips.shown() == []

    Following.objects.update(lease_until=timezone.now())
    trips.catch_up()
    assert trips.shown() == ["sea.jpg"]


def test_a_worker_whose_lease_is_another_s_writes_nothing(trips, monkeypatch):
    trips.put("sea.jpg")
    look = looking.look

    def overtaken(following):
        Following.objects.update(lease="0" * 32)
        return look(following)

    monkeypatch.setattr(looking, "look", overtaken)
    trips.catch_up()

    assert trips.shown() == []
    assert Following.objects.get().number == 0


def test_a_lost_message_is_made_good_by_the_sweep(trips):
    trips.put("sea.jpg")

    assert keeping.sweep() == 1
    assert keeping.sweep() == 0

    assert trips.shown() == ["sea.jpg"]


def test_a_large_folder_comes_in_several_messages(trips, monkeypatch):
    rung: list[object] = []
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    monkeypatch.setattr(keeping, "ring", rung.append)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        trips.put(name)

    trips.catch_up()
    assert rung == [trips.album.pk]
    trips.catch_up()

    assert trips.shown() == ["a.jpg", "b.jpg", "c.jpg"]


def test_an_album_in_the_trash_waits(trips):
    actions.trash_album(album=trips.album)
    trips.put("sea.jpg")

    assert keeping.sweep() == 0
    actions.restore_album(album=trips.album)
    assert keeping.sweep() == 1

    assert trips.shown() == ["sea.jpg"]


def test_following_again_gives_the_same_album(trips):
    assert beginning.follow(folder=trips.folder, place="", title="Other") == trips.album


@pytest.mark.parametrize(("keep", "left"), [(True, ["sea.jpg"]), (False, [])])
def test_an_album_that_follows_no_longer_keeps_its_items_or_not(trips, keep, left):
    trips.put("sea.jpg")
    trips.catch_up()

    beginning.stop(following=Following.objects.get(), keep_items=keep)

    assert trips.shown() == left
    assert (Item.objects.get().deleted_at is None) is keep
    trips.put("later.jpg")
    trips.catch_up()
    assert trips.shown() == left


def test_a_folder_that_is_deleted_leaves_the_album_as_it_is(trips):
    trips.put("sea.jpg")
    trips.catch_up()

    trips.folder.delete()

    assert trips.shown() == ["sea.jpg"]
    assert not Following.objects.exists()


def test_bytes_stay_while_either_folder_or_library_has_them(trips, alice):
    trips.put("sea.jpg")
    trips.catch_up()
    blob = trips.item("sea.jpg").blob
    later = timezone.now() + timedelta(days=2)

    trips.folder.delete()
    unused.doom(blob.pk, now=later)
    blob.refresh_from_db()
    assert blob.doomed_at is None

    Item.objects.all().delete()
    unused.doom(blob.pk, now=later)
    blob.refresh_from_db()
    assert blob.doomed_at is not None


def test_bytes_that_turn_out_to_be_there_already_are_held_once(trips, alice):
    held = blob_of(alice, "film")
    own = trips.hold("film, in parts", is_ready=False)
    trips.folder.holdings.filter(blob=own).update(sha256=held.sha256)

    duplicate.send(sender=Job, blob=own, held=held)

    assert trips.folder.holdings.get().blob == held


@pytest.mark.parametrize("is_own", [True, False])
def test_so_is_their_item_which_stays_if_it_was_in_the_library_before(trips, alice, is_own):
    held = blob_of(alice, "film")
    if is_own:
        actions.add_item(owner=alice, blob=held, name="film.mp4", taken_at=timezone.now())
    else:
        trips.put("film.mp4", "film")
    trips.put("copy.mp4", "film, in parts", is_ready=False)
    trips.catch_up()

    duplicate.send(sender=Job, blob=trips.hold("film, in parts"), held=held)
    assert trips.shown() == ["film.mp4"]
    trips.delete("copy.mp4")
    if not is_own:
        trips.delete("film.mp4")
    trips.catch_up()

    assert trips.shown() == []
    assert (Item.objects.get().deleted_at is None) is is_own
