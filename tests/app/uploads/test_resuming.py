"""An upload that was interrupted goes on; a file that is known is not sent again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from albums.models import Album, Item
from mediashare.aws import s3
from mediashare.storage.models import Blob, Upload
from tests.uploading import Sender, client_of, hex_digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

SMALL = b"a small photo" * 1000
LARGE = b"0123456789abcdef" * (2**20) + b"end"


def test_beginning_the_same_file_again_goes_on_where_it_stopped(alice, method):
    client = client_of(alice)
    first = Sender(client, LARGE).begun().send(1)

    second = Sender(client, LARGE)
    response = second.begin()

    assert response.status_code == 200
    assert response.json()["id"] == first.answer["id"]
    assert [(part["number"], part["size"]) for part in response.json()["parts"]] == [(1, 2**24)]
    assert second.send(2).complete().status_code == 201
    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (len(LARGE), 0)


def test_a_reload_can_ask_what_the_store_holds(alice, method):
    sender = Sender(client_of(alice), LARGE).begun().send(2)

    answer = sender.client.get(sender.url).json()

    assert [part["number"] for part in answer["parts"]] == [2]
    assert answer["credentials"] is None


def test_who_missed_the_answer_to_complete_finds_the_item(alice, method):
    sender = Sender(client_of(alice), SMALL).begun().send(1)
    item = sender.complete().json()

    answer = sender.client.get(sender.url)

    assert answer.status_code == 200
    assert answer.json()["state"] == "complete"
    assert answer.json()["item"]["id"] == item["id"]


@pytest.mark.parametrize(
    "other",
    [
        {"name": "other.jpg"},
        {"size": len(SMALL) + 1},
        {"sha256": "0" * 64},
        {"modified_at": "2024-07-01T12:00:00Z"},
    ],
)
def test_another_file_is_another_upload(alice, method, other):
    client = client_of(alice)
    first = Sender(client, SMALL).begun()

    second = Sender(client, SMALL, wish=other).begun()

    assert second.answer["id"] != first.answer["id"]
    assert second.answer["key"] != first.answer["key"]


def test_the_same_file_of_somebody_else_is_another_upload(alice, bob, method):
    hers = Sender(client_of(alice), SMALL).begun()
    his = Sender(client_of(bob), SMALL).begun()

    assert his.answer["id"] != hers.answer["id"]


def test_an_upload_whose_time_is_over_is_not_resumed(alice, method):
    client = client_of(alice)
    first = Sender(client, SMALL).begun()
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    second = Sender(client, SMALL).begun()

    assert second.answer["id"] != first.answer["id"]


def test_a_file_that_its_owner_has_is_not_sent_again(alice, method):
    client = client_of(alice)
    wish = {"sha256": hex_digest_of(SMALL)}
    item = Sender(client, SMALL, wish=wish).begun().send().complete().json()

    response = Sender(client, SMALL, name="copy.jpg", wish=wish).begin()

    assert response.status_code == 200
    assert response.json() == {"state": "duplicate", "item": item}
    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (len(SMALL), 0)


def test_a_known_file_can_be_put_into_an_album(alice, method):
    client = client_of(alice)
    wish = {"sha256": hex_digest_of(SMALL)}
    Sender(client, SMALL, wish=wish).begun().send().complete()
    album = Album.objects.create(owner=alice, title="Summer")

    Sender(client, SMALL, wish={**wish, "album": str(album.pk)}).begin()

    assert album.items.count() == 1


def test_a_known_file_comes_back_from_the_trash(alice, method):
    client = client_of(alice)
    wish = {"sha256": hex_digest_of(SMALL)}
    Sender(client, SMALL, wish=wish).begun().send().complete()
    Item.objects.update(deleted_at=timezone.now())

    response = Sender(client, SMALL, wish=wish).begin()

    assert response.json()["state"] == "duplicate"
    assert Item.objects.get().deleted_at is None


def test_a_file_that_somebody_else_has_must_still_be_sent(alice, bob, method):
    wish = {"sha256": hex_digest_of(SMALL)}
    Sender(client_of(alice), SMALL, wish=wish).begun().send().complete()

    response = Sender(client_of(bob), SMALL, wish=wish).begin()

    assert response.status_code == 201


def test_the_same_file_sent_twice_becomes_one_item(
    alice, method, buckets, django_capture_on_commit_callbacks
):
    client = client_of(alice)
    one = Sender(client, SMALL, name="one.jpg").begun().send()
    two = Sender(client, SMALL, name="two.jpg").begun().send()

    with django_capture_on_commit_callbacks(execute=True):
        first, second = one.complete(), two.complete()

    assert first.json() == second.json()
    assert Item.objects.count() == Blob.objects.count() == 1
    assert list(s3.keys(bucket=buckets.originals, prefix="originals/")) == [one.answer["key"]]
    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (len(SMALL), 0)


def test_a_blob_whose_bytes_are_being_deleted_is_not_a_known_file(alice, method):
    client = client_of(alice)
    wish = {"sha256": hex_digest_of(SMALL)}
    Sender(client, SMALL, wish=wish).begun().send().complete()
    Item.objects.all().delete()
    Blob.objects.update(doomed_at=timezone.now())

    sender = Sender(client, SMALL, wish=wish).begun().send()

    assert sender.complete().status_code == 201
    assert Blob.objects.count() == 2


def test_a_file_with_a_wrongly_declared_digest_can_be_read_and_the_real_one_still_comes(
    alice, method
):
    wish = {"sha256": hex_digest_of(LARGE[::-1])}
    client = client_of(alice)
    Sender(client, LARGE, wish=wish).begun().send().complete()
    blob = Blob.objects.get()

    blob.note_digest(hex_digest_of(LARGE), now=timezone.now())

    blob.refresh_from_db()
    assert blob.sha256 == hex_digest_of(LARGE)
    assert Sender(client, LARGE[::-1], wish=wish).begin().status_code == 201


def test_one_of_two_blobs_of_the_same_bytes_keeps_the_digest(alice, method):
    client = client_of(alice)
    for name in ("one.mov", "two.mov"):
        Sender(client, LARGE, name=name).begun().send().complete()

    first, second = Blob.objects.order_by("created_at")
    digest = hex_digest_of(LARGE)
    assert first.note_digest(digest, now=timezone.now()) is None
    assert second.note_digest(digest, now=timezone.now()) == first

    kept = Blob.objects.values_list("sha256", flat=True)
    assert sorted(kept) == ["", hex_digest_of(LARGE)]
