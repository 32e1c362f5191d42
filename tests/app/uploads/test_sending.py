"""Files that the service made go the way of anybody's upload."""

from dataclasses import replace

import pytest
from django.utils import timezone

from mediashare.aws import s3
from mediashare.storage import actions, assembling, sending
from mediashare.storage.models import Upload
from tests.people import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]


@pytest.fixture(params=["sts", "presigned"])
def method(request, settings):
    settings.UPLOAD_METHOD = request.param


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film" * 1000)
    return path


def send(path, alice, **changes):
    wish = sending.wish_for(path, name="Summer.mp4", content_type="video/mp4")
    return sending.send(
        path,
        owner=alice,
        wish=replace(wish, **changes),
        check=lambda: None,
        now=timezone.now(),
    )


def test_what_was_sent_becomes_a_blob_of_the_same_bytes(film, method, settings):
    alice = person("alice")

    upload = send(film, alice)
    blob = actions.settle_upload(upload=upload, sha256=upload.sha256, now=timezone.now())

    stored = b"".join(s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=blob.key))
    alice.refresh_from_db()
    assert stored == film.read_bytes()
    assert (alice.used_bytes, alice.reserved_bytes) == (film.stat().st_size, 0)


def test_a_file_that_lost_its_end_is_given_up_and_holds_no_room(film, method):
    alice = person("alice")

    with pytest.raises((assembling.ChecksumMismatch, assembling.PartsMissing)):
        send(film, alice, size_bytes=film.stat().st_size + 1)

    alice.refresh_from_db()
    assert alice.reserved_bytes == 0
    assert not Upload.objects.open().exists()
