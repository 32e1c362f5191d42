"""A file's way in: begun, sent, completed, and what its owner sees of it."""

import uuid

import pytest

from albums.models import Album, Item
from mediashare.aws import s3
from mediashare.aws.client import NotFound
from mediashare.storage.models import Blob, Upload
from processing.models import Job
from tests.uploading import Sender, client_of, hex_digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

SMALL = b"a small photo" * 1000
# Two parts of 16 MiB, the second nearly empty.
LARGE = b"0123456789abcdef" * (2**20) + b"end"


def is_stored(upload: Upload, buckets) -> bool:
    try:
        s3.head(bucket=buckets.originals, key=upload.key)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["one part", "two parts"])
def test_a_file_that_was_sent_becomes_an_item_in_processing(alice, method, content, buckets):
    sender = Sender(client_of(alice), content).begun().send()

    response = sender.complete()

    item = Item.objects.get(owner=alice)
    assert response.status_code == 201
    assert response.json()["id"] == str(item.pk)
    assert response.json()["name"] == "beach.jpg"
    assert item.blob.size_bytes == len(content)
    assert Job.objects.filter(blob=item.blob).exists()
    stored = s3.head(bucket=buckets.originals, key=item.blob.key)
    assert stored.size_bytes == len(content)


def test_the_bytes_carry_who_what_and_when(alice, method, buckets):
    wish = {"modified_at": "2024-07-01T12:00:00Z"}
    sender = Sender(client_of(alice), SMALL, name="Fête №1.jpg", wish=wish).begun().send()

    sender.complete()

    stored = s3.head(bucket=buckets.originals, key=sender.answer["key"]).metadata
    assert stored["owner"] == str(alice.pk)
    assert stored["upload"] == sender.answer["id"]
    assert stored["name"] == "F%C3%AAte%20%E2%84%961.jpg"
    assert stored["modified-at"] == "2024-07-01T12:00:00+00:00"


def test_until_processing_knows_better_a_photo_was_taken_when_its_file_was_changed(alice, method):
    sender = Sender(client_of(alice), SMALL, wish={"modified_at": "2019-01-02T03:04:05Z"})

    sender.begun().send().complete()

    assert Item.objects.get().taken_at.isoformat() == "2019-01-02T03:04:05+00:00"


def test_a_whole_file_in_one_part_is_known_by_its_digest_afterwards(alice, method):
    Sender(client_of(alice), SMALL).begun().send().complete()

    blob = Blob.objects.get()
    assert blob.sha256 == hex_digest_of(SMALL)
    assert blob.sha256_checked_at is not None


def test_a_declared_digest_of_several_parts_waits_for_somebody_to_check_it(alice, method):
    wish = {"sha256": hex_digest_of(LARGE)}

    Sender(client_of(alice), LARGE, wish=wish).begun().send().complete()

    blob = Blob.objects.get()
    assert blob.sha256 == hex_digest_of(LARGE)
    assert blob.sha256_checked_at is None


def test_completing_may_put_the_item_into_an_album(alice, method):
    album = Album.objects.create(owner=alice, title="Summer")
    sender = Sender(client_of(alice), SMALL).begun().send()

    sender.complete(album=str(album.pk))

    assert album.items.get().name == "beach.jpg"


def test_nobody_puts_an_item_into_an_album_of_somebody_else(alice, bob, method):
    album = Album.objects.create(owner=bob, title="Private")
    sender = Sender(client_of(alice), SMALL).begun().send()

    response = sender.complete(album=str(album.pk))

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "#/album"
    assert not Item.objects.exists()


def test_completing_again_answers_with_the_same_item(alice, method):
    sender = Sender(client_of(alice), SMALL).begun().send()

    first, second = sender.complete(), sender.complete()

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Item.objects.count() == Blob.objects.count() == 1
    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (len(SMALL), 0)


def test_an_upload_is_not_complete_before_all_of_it_is_there(alice, method):
    sender = Sender(client_of(alice), LARGE).begun().send(1)

    response = sender.complete()

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/parts-missing"
    assert response.json()["missing"] == [2]
    assert Upload.objects.get().state == "open"
    assert sender.send(2).complete().status_code == 201


def test_completing_names_the_digests_that_were_left_out(alice, method):
    sender = Sender(client_of(alice), LARGE).begun().send()

    response = sender.client.post(
        f"{sender.url}/complete", {"parts": sender.digests()[:1]}, format="json"
    )

    assert response.status_code == 409
    assert response.json()["missing"] == [2]


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["one part", "two parts"])
def test_other_bytes_than_meant_are_removed_and_never_seen(alice, method, content, buckets):
    sender = Sender(client_of(alice), content).begun().send()
    sender.content = content[:-1] + b"?"

    response = sender.complete()

    upload = Upload.objects.get()
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/checksum-mismatch"
    assert upload.state == "aborted"
    assert not Item.objects.exists()
    assert not Blob.objects.exists()
    assert not is_stored(upload, buckets)
    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (0, 0)


def test_a_file_that_is_not_the_declared_one_is_removed(alice, method, buckets):
    wish = {"sha256": hex_digest_of(b"another file")}
    sender = Sender(client_of(alice), SMALL, wish=wish).begun().send()

    response = sender.complete()

    assert response.json()["type"] == "/problems/checksum-mismatch"
    assert not is_stored(Upload.objects.get(), buckets)


def test_cancelling_gives_the_room_back_and_may_be_done_twice(alice, method, buckets):
    sender = Sender(client_of(alice), SMALL).begun().send()

    answers = [sender.client.delete(sender.url).status_code for _ in range(2)]

    alice.refresh_from_db()
    assert answers == [204, 204]
    assert (alice.used_bytes, alice.reserved_bytes) == (0, 0)
    assert not is_stored(Upload.objects.get(), buckets)
    assert sender.complete().json()["type"] == "/problems/upload-ended"


def test_cancelling_a_complete_upload_leaves_its_item_alone(alice, method, buckets):
    sender = Sender(client_of(alice), SMALL).begun().send()
    sender.complete()

    assert sender.client.delete(sender.url).status_code == 204

    assert Item.objects.exists()
    assert is_stored(Upload.objects.get(), buckets)


def test_an_upload_of_somebody_else_does_not_exist(alice, bob, method):
    hers = Sender(client_of(alice), SMALL).begun()
    his = Sender(client_of(bob), SMALL, answer=hers.answer)

    answers = [
        his.client.get(his.url),
        his.client.delete(his.url),
        his.client.post(f"{his.url}/credentials"),
        his.client.post(f"{his.url}/parts", {"parts": his.digests()}, format="json"),
        his.complete(),
        his.client.get(f"/api/v1/uploads/{uuid.uuid4()}"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert Upload.objects.get().state == "open"
    assert his.client.get("/api/v1/uploads").json()["results"] == []


def test_a_token_without_the_scope_cannot_upload(alice):
    response = Sender(client_of(alice, "read", "write"), SMALL).begin()

    assert response.status_code == 403


def test_a_stranger_cannot_upload(client):
    response = client.post("/api/v1/uploads", {"name": "a.jpg", "size": 1})

    assert response.status_code == 401


def test_open_uploads_are_listed_newest_first(alice, method):
    client = client_of(alice)
    for name in ("first.jpg", "second.jpg"):
        Sender(client, SMALL, name=name).begun()
    Sender(client, SMALL, name="done.jpg").begun().send().complete()

    listed = client.get("/api/v1/uploads").json()["results"]

    assert [upload["name"] for upload in listed] == ["second.jpg", "first.jpg"]


def test_each_method_refuses_the_requests_of_the_other(alice, method):
    sender = Sender(client_of(alice), LARGE).begun()
    other = "parts" if method == "sts" else "credentials"

    response = sender.client.post(
        f"{sender.url}/{other}", {"parts": sender.digests()}, format="json"
    )

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/not-for-this-method"


def test_credentials_can_be_renewed(alice, settings):
    settings.UPLOAD_METHOD = "sts"
    sender = Sender(client_of(alice), SMALL).begun()

    fresh = sender.client.post(f"{sender.url}/credentials").json()

    assert fresh["session_token"] != sender.answer["credentials"]["session_token"]
    sender.answer["credentials"] = fresh
    assert sender.send().complete().status_code == 201


def test_no_address_is_given_for_a_part_that_the_file_does_not_have(alice, settings):
    settings.UPLOAD_METHOD = "presigned"
    sender = Sender(client_of(alice), SMALL).begun()
    beyond = [{"number": 2, "sha256": sender.digests()[0]["sha256"]}]

    response = sender.client.post(f"{sender.url}/parts", {"parts": beyond}, format="json")

    assert response.json()["type"] == "/problems/no-such-part"


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"name": ""}, "#/name"),
        ({"name": "a" * 256}, "#/name"),
        ({"size": 0}, "#/size"),
        ({"size": -1}, "#/size"),
        ({"size": "many"}, "#/size"),
        ({"sha256": "0" * 63}, "#/sha256"),
        ({"sha256": "G" * 64}, "#/sha256"),
        ({"modified_at": "yesterday"}, "#/modified_at"),
        ({"album": "not-an-id"}, "#/album"),
    ],
)
def test_a_malformed_wish_is_refused_with_the_place_of_the_mistake(alice, wish, pointer):
    response = Sender(client_of(alice), SMALL, wish=wish).begin()

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not Upload.objects.exists()


@pytest.mark.parametrize("parts", [None, [], [{"number": 1, "sha256": "?"}], [{"number": 0}], "x"])
def test_malformed_parts_are_refused(alice, method, parts):
    sender = Sender(client_of(alice), SMALL).begun()

    response = sender.client.post(f"{sender.url}/complete", {"parts": parts}, format="json")

    assert response.status_code == 400
    assert Upload.objects.get().state == "open"


def test_a_type_that_is_none_is_not_believed(alice, method):
    Sender(client_of(alice), SMALL, wish={"content_type": "text/html\r\nx: y"}).begun()

    assert Upload.objects.get().content_type == "application/octet-stream"


def test_the_number_of_queries_does_not_grow_with_other_uploads(
    alice, settings, django_assert_max_num_queries
):
    settings.UPLOAD_METHOD = "presigned"
    client = client_of(alice)
    for number in range(5):
        Sender(client, SMALL, name=f"{number}.jpg").begun()
    sender = Sender(client, SMALL, wish={"sha256": hex_digest_of(SMALL)})

    with django_assert_max_num_queries(11):
        sender.begin()
    sender.send()
    with django_assert_max_num_queries(36):
        sender.complete()
    with django_assert_max_num_queries(3):
        client.get("/api/v1/uploads")


def test_an_address_of_the_item_leads_to_the_site(alice, method, settings):
    sender = Sender(client_of(alice), SMALL).begun().send()

    url = sender.complete().json()["url"]

    assert url.startswith(f"{settings.SITE_URL}/")
