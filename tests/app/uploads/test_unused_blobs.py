"""Bytes go when nobody refers to them, and never before."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from albums.models import Item
from mediashare.aws import s3
from mediashare.aws.client import NotFound, Unavailable
from mediashare.storage import tasks, unused
from mediashare.storage.models import Blob
from processing.models import Rendition
from tests.uploading import Sender, client_of, hex_digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

CONTENT = b"a small photo" * 1000


@pytest.fixture
def blob(alice) -> Blob:
    Sender(client_of(alice), CONTENT).begun().send().complete()
    return Blob.objects.get()


@pytest.fixture
def much_later():
    return timezone.now() + timedelta(hours=2)


def is_stored(buckets, key: str) -> bool:
    try:
        s3.head(bucket=buckets.originals, key=key)
    except NotFound:
        return False
    return True


def test_a_blob_of_an_item_stays_even_in_the_trash(blob, buckets, much_later):
    Item.objects.update(deleted_at=timezone.now())

    assert unused.delete_unused_blobs(now=much_later) == 0

    assert is_stored(buckets, blob.key)


def test_an_unused_blob_goes_with_its_renditions_and_gives_the_room_back(
    alice, blob, buckets, much_later
):
    key = f"renditions/{blob.pk}/image-320-v1.jpg"
    default_storage.save(key, ContentFile(b"small"))
    Rendition.objects.create(
        blob=blob, recipe="image-320", version=1, key=key, width=1, height=1, size_bytes=5
    )
    Item.objects.all().delete()

    assert unused.delete_unused_blobs(now=much_later) == 1

    assert not Blob.objects.exists()
    assert not is_stored(buckets, blob.key)
    assert not default_storage.exists(key)
    alice.refresh_from_db()
    assert alice.used_bytes == 0


def test_a_fresh_blob_has_a_grace_period(blob, buckets):
    Item.objects.all().delete()

    assert unused.delete_unused_blobs(now=timezone.now()) == 0

    assert is_stored(buckets, blob.key)


def test_a_crash_after_the_bytes_went_is_finished_by_the_next_run(alice, blob, buckets, much_later):
    Item.objects.all().delete()
    with (
        patch.object(s3, "delete_prefix", side_effect=Unavailable("503")),
        pytest.raises(Unavailable),
    ):
        unused.delete_unused_blobs(now=much_later)
    assert not is_stored(buckets, blob.key)

    assert Sender(client_of(alice), CONTENT, wish=known(blob)).begin().status_code == 201
    assert unused.delete_unused_blobs(now=much_later) == 1

    assert not Blob.objects.exists()


def test_a_blob_that_somebody_took_at_the_last_moment_is_not_doomed(alice, blob):
    assert not unused.doom(blob.pk, now=timezone.now())

    blob.refresh_from_db()
    assert blob.doomed_at is None


def test_the_door_of_the_timer_opens(blob):
    Item.objects.all().delete()
    Blob.objects.update(created_at=timezone.now() - timedelta(hours=2))

    tasks.delete_unused_blobs()

    assert not Blob.objects.exists()


def known(blob: Blob) -> dict[str, str]:
    assert blob.sha256 == hex_digest_of(CONTENT)
    return {"sha256": blob.sha256}
