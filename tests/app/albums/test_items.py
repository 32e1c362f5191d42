"""Items come into a library, are named, and learn what processing found out."""

from datetime import timedelta

from albums import actions
from albums.models import Item
from processing.models import Job
from processing.signals import processed
from tests.people import SUMMER, blob_of, job_of, photo, prepared, uploaded, video


def test_a_new_item_is_a_file_that_is_being_processed(alice):
    item = uploaded(alice, "beach.jpg")

    item.refresh_from_db()
    assert (item.kind, item.state, item.name) == ("file", "processing", "beach.jpg")


def test_the_same_blob_twice_is_one_item(alice):
    first = uploaded(alice, "beach.jpg")
    again = uploaded(alice, "beach.jpg")

    assert first == again
    assert Item.objects.count() == 1


def test_uploading_again_brings_an_item_back_from_the_trash(alice):
    item = uploaded(alice, "beach.jpg")
    actions.trash_items(owner=alice, ids=[item.pk])

    uploaded(alice, "beach.jpg")

    assert Item.objects.kept().get() == item


def test_two_people_with_the_same_picture_have_an_item_each(alice, bob):
    assert uploaded(alice, "beach.jpg") != uploaded(bob, "beach.jpg")


def test_an_item_can_come_straight_into_an_album(alice):
    album = actions.create_album(owner=alice, title="Summer")

    item = uploaded(alice, "beach.jpg", album=album)

    assert list(album.items.all()) == [item]


def test_an_item_learns_what_processing_found_out(alice):
    item = uploaded(alice, "beach.jpg")
    prepared(item.blob, kind="photo", day=3)

    processed.send(sender=Job, job=item.blob.jobs.get(), blob=item.blob)

    item.refresh_from_db()
    assert (item.kind, item.state, item.width, item.height) == ("photo", "ready", 3000, 2000)
    assert item.taken_at == SUMMER + timedelta(days=3)
    assert item.thumbhash


def test_an_item_of_a_blob_that_is_already_processed_is_ready_at_once(alice):
    item = photo(alice)

    assert (item.kind, item.state) == ("photo", "ready")


def test_a_video_is_not_ready_while_its_conversion_runs(alice):
    item = video(alice)
    Job.objects.filter(kind="segment").update(state=Job.State.RUNNING, progress=40)

    actions.note_processed(blob=item.blob)

    item.refresh_from_db()
    assert item.state == "processing"


def test_a_failure_carries_its_reason(alice):
    item = uploaded(alice, "broken.jpg")
    job_of(item.blob, state=Job.State.FAILED, reason="This is not a picture.")

    actions.note_processed(blob=item.blob)

    item.refresh_from_db()
    assert (item.state, item.reason, item.kind) == ("failed", "This is not a picture.", "file")


def test_what_processing_found_out_does_not_overwrite_a_name(alice):
    item = photo(alice)
    stale = Item.objects.get()
    actions.rename_item(item=item, name="Beach")

    actions.note_processed(blob=stale.blob)

    assert Item.objects.get().name == "Beach.jpg"


def test_processing_of_a_blob_without_items_is_nobodys_business(alice):
    blob = blob_of(alice, "from a synced folder")

    actions.note_processed(blob=blob)

    assert not Item.objects.exists()
