"""Bytes that an owner has already are not stored twice, also when nobody knew at the upload.

Nobody knows the SHA-256 of a file in several parts that was not declared; processing finds it out.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from albums import actions
from albums.models import Album, Item, MergedItem
from mediashare.aws import s3
from mediashare.storage import duplicates, parts, unused
from mediashare.storage.models import Blob, Upload
from processing import checksum, queries, reasons, work
from processing.models import Job, MediaInfo
from tests.app.processing.originals import MEDIA
from tests.people import person
from tests.uploading import Sender, client_of, hex_digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

# A photo that needs two parts: what follows its end is no part of the picture.
PADDING = bytes(parts.SMALLEST_PART)
CONTENT = (MEDIA / "gps.jpg").read_bytes() + PADDING


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file in two parts would have 16 MiB."""
    monkeypatch.setattr(parts, "USUAL_PART", parts.SMALLEST_PART)


@pytest.fixture
def album(alice) -> Album:
    return actions.create_album(owner=alice, title="Summer")


def upload(owner, *, name: str = "beach.jpg", content: bytes = CONTENT, sha256: str = "", **more):
    """Send a file that is too large for S3 to know its SHA-256; the item's id."""
    wish = {"sha256": sha256} if sha256 else {}
    sender = Sender(client_of(owner), content, name=name, wish=wish).begun().send()
    answer = sender.complete(**more)
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def process() -> None:
    """Do what jobs there are, as a worker would."""
    while Job.objects.filter(lane="interactive", state=Job.State.WAITING).exists():
        work.do_next("interactive")


def sweep() -> None:
    unused.delete_unused_blobs(now=timezone.now() + timedelta(hours=2))


def balance(owner) -> tuple[int, int]:
    owner.refresh_from_db()
    return owner.used_bytes, owner.reserved_bytes


def stored(buckets) -> list[str]:
    return list(s3.keys(bucket=buckets.originals, prefix="originals/"))


def test_the_second_time_is_merged_into_the_first_and_its_bytes_go(alice, album, buckets):
    first = upload(alice)
    process()
    second = upload(alice, name="again.jpg", album=str(album.pk))
    assert len(stored(buckets)) == 2

    process()
    sweep()

    item = Item.objects.get()
    assert str(item.pk) == first
    assert item.state == Item.State.READY
    assert list(album.items.all()) == [item]
    assert str(MergedItem.objects.get(item=item).pk) == second
    assert balance(alice) == (len(CONTENT), 0)
    assert stored(buckets) == [item.blob.key]


def test_a_digest_that_was_declared_wrongly_does_not_keep_them_apart(alice, buckets):
    upload(alice)
    process()

    upload(alice, sha256="0" * 64)
    process()
    sweep()

    assert Item.objects.get().state == Item.State.READY
    assert len(stored(buckets)) == 1


def test_what_was_only_declared_gives_way_to_what_was_read(alice, buckets):
    """Else bytes would be given up for others that are none of theirs."""
    digest = hex_digest_of(CONTENT)
    other = (MEDIA / "orientation-1.jpg").read_bytes() + PADDING
    liar = upload(alice, content=other, sha256=digest)
    honest = upload(alice)

    for job in Job.objects.order_by("-created_at"):
        Job.objects.filter(pk=job.pk).update(turn=0)
        Job.objects.exclude(pk=job.pk).update(turn=1)
        work.do_next("interactive")
    sweep()

    assert Item.objects.get(pk=honest).blob.sha256 == digest
    assert Item.objects.get(pk=honest).state == Item.State.READY
    assert Item.objects.get(pk=liar).blob.sha256 != digest
    assert len(stored(buckets)) == 2


def test_another_persons_bytes_are_their_own(alice, buckets):
    upload(alice)
    upload(person("bob"))

    process()
    sweep()

    assert Item.objects.count() == 2
    assert len(stored(buckets)) == 2


def test_a_first_one_in_the_trash_comes_out_of_it(alice):
    first = upload(alice)
    process()
    actions.trash_items(owner=alice, ids=[first])

    upload(alice)
    process()

    assert str(Item.objects.kept().get().pk) == first


def test_one_whose_item_was_deleted_for_good_is_used_again_before_it_is_swept(alice, buckets):
    first = upload(alice)
    process()
    actions.trash_items(owner=alice, ids=[first])
    actions.delete_forever(owner=alice, ids=[first])

    second = upload(alice)
    process()
    sweep()

    item = Item.objects.get()
    assert (str(item.pk), item.state) == (second, Item.State.READY)
    assert stored(buckets) == [item.blob.key]


def test_asking_for_the_upload_again_tells_the_item_that_is_there(alice):
    first = upload(alice)
    process()
    sender = Sender(client_of(alice), CONTENT).begun().send()
    sender.complete()
    process()

    assert sender.complete().json()["id"] == first
    assert sender.client.get(sender.url).json()["item"]["id"] == first


def test_a_worker_that_dies_before_it_ends_leaves_both_and_the_next_one_merges(alice):
    upload(alice)
    process()
    upload(alice)
    with patch.object(duplicates, "give_way", side_effect=RuntimeError("killed")):
        work.do_next("interactive")
    assert Item.objects.count() == 2

    Job.objects.update(due_at=timezone.now())
    process()

    assert Item.objects.count() == 1


def test_a_blob_that_is_just_being_deleted_takes_nothing_over(alice, buckets):
    first = upload(alice)
    process()
    actions.trash_items(owner=alice, ids=[first])
    actions.delete_forever(owner=alice, ids=[first])
    second = upload(alice)
    doomed = Blob.objects.get(items=None)
    with patch.object(
        checksum, "_is_stored", side_effect=lambda blob: unused.doom(blob.pk, now=timezone.now())
    ):
        work.do_next("interactive")
    doomed.refresh_from_db()
    assert doomed.doomed_at

    Job.objects.update(due_at=timezone.now())
    process()
    sweep()

    assert str(Item.objects.get(state=Item.State.READY).pk) == second
    assert len(stored(buckets)) == 1


def test_good_bytes_do_not_give_way_to_lost_ones(alice, buckets):
    first = upload(alice)
    process()
    s3.delete(bucket=buckets.originals, key=Item.objects.get(pk=first).blob.key)

    second = upload(alice)
    process()

    assert Item.objects.get(pk=second).state == Item.State.READY
    assert Item.objects.get(pk=second).blob.sha256 == hex_digest_of(CONTENT)


def test_the_same_file_brought_again_lets_what_failed_be_tried_again(alice):
    first = upload(alice, sha256="0" * 64)
    process()
    assert Item.objects.get(pk=first).reason == reasons.CHANGED

    upload(alice)
    process()

    assert Item.objects.get().state == Item.State.READY


def test_merging_twice_is_once(alice, album):
    upload(alice)
    process()
    upload(alice, album=str(album.pk))
    blob = Blob.objects.latest("created_at")
    held = Blob.objects.earliest("created_at")

    for _ in range(2):
        actions.merge_items(blob=blob, held=held)

    assert album.items.get().blob == held
    assert queries.state_of(held).state == "ready"


@pytest.mark.django_db(transaction=True)
def test_three_at_once_become_one(alice, buckets):
    for _ in range(3):
        upload(alice)

    def work_once(_: int) -> None:
        try:
            work.do_next("interactive")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work_once, range(3)))
    Job.objects.update(due_at=timezone.now())
    process()
    sweep()

    assert Item.objects.get().state == Item.State.READY
    assert len(stored(buckets)) == 1
    assert MediaInfo.objects.count() == 1
    assert balance(alice) == (len(CONTENT), 0)
    assert not Upload.objects.exclude(blob=Blob.objects.get()).exists()
