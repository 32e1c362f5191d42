"""Whatever ends an upload, and whoever is at it at the same time, it ends once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from albums.models import Item
from mediashare.aws import multipart, s3
from mediashare.aws.client import Unavailable
from mediashare.storage import actions, assembling, clearing, tasks
from mediashare.storage.models import Blob, Upload
from tests.uploading import Sender, client_of, digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

SMALL = b"a small photo" * 1000
NEVER_USED = timedelta(days=2)


def in_bucket(buckets) -> list[str]:
    return list(s3.keys(bucket=buckets.originals, prefix="originals/"))


def multiparts(buckets) -> list[multipart.Unfinished]:
    later = timezone.now() + timedelta(days=1)
    return list(multipart.unfinished(bucket=buckets.originals, begun_before=later))


def balance(owner) -> tuple[int, int]:
    owner.refresh_from_db()
    return owner.used_bytes, owner.reserved_bytes


def test_an_abandoned_upload_expires_and_leaves_nothing(alice, method, buckets):
    sender = Sender(client_of(alice), SMALL).begun().send()
    late = timezone.now() + NEVER_USED

    assert clearing.expire_uploads(now=late) == 1

    assert Upload.objects.get().state == "expired"
    assert balance(alice) == (0, 0)
    assert in_bucket(buckets) == []
    assert multiparts(buckets) == []
    assert sender.complete().json()["state"] == "expired"


def test_an_upload_in_its_time_does_not_expire(alice, method):
    Sender(client_of(alice), SMALL).begun()

    assert clearing.expire_uploads(now=timezone.now()) == 0

    assert balance(alice) == (0, len(SMALL))


def test_an_upload_that_somebody_is_at_expires_later(alice, method):
    sender = Sender(client_of(alice), SMALL).begun()
    soon = timezone.now() + timedelta(minutes=1)
    Upload.objects.update(expires_at=soon)

    if method == "sts":
        sender.client.post(f"{sender.url}/credentials")
    else:
        sender.addresses()

    assert clearing.expire_uploads(now=soon + timedelta(hours=1)) == 0
    assert sender.send().complete().status_code == 201


def test_nothing_is_granted_for_an_upload_that_has_ended(alice, method):
    sender = Sender(client_of(alice), SMALL).begun()
    sender.client.delete(sender.url)

    asked = {"parts": sender.digests()}
    for more in ("credentials", "parts"):
        response = sender.client.post(f"{sender.url}/{more}", asked, format="json")
        assert response.status_code == 410
        assert response.json()["type"] == "/problems/upload-ended"


def test_expiring_twice_gives_the_room_back_once(alice, method):
    Sender(client_of(alice), SMALL).begun()
    upload = Upload.objects.select_related("owner").get()
    late = timezone.now() + NEVER_USED

    ended = [clearing.give_up(upload, Upload.State.EXPIRED, now=late) for _ in range(2)]

    assert ended == [True, False]
    assert balance(alice) == (0, 0)


def test_an_upload_expires_although_the_store_is_away_and_is_cleared_later(alice, method, buckets):
    Sender(client_of(alice), SMALL).begun().send()
    late = timezone.now() + NEVER_USED
    with patch.object(clearing, "remove_bytes_of", side_effect=Unavailable("503")):
        clearing.expire_uploads(now=late)
    assert balance(alice) == (0, 0)
    assert in_bucket(buckets) or multiparts(buckets)

    assert clearing.clear_leftovers(now=late + timedelta(hours=2)) == 1

    assert in_bucket(buckets) == []
    assert multiparts(buckets) == []
    assert clearing.clear_leftovers(now=late + timedelta(hours=2)) == 0


def test_what_is_sent_after_the_end_is_cleared_when_the_address_is_dead(alice, settings, buckets):
    settings.UPLOAD_METHOD = "presigned"
    sender = Sender(client_of(alice), SMALL).begun()
    [address] = sender.addresses()
    sender.client.delete(sender.url)
    assert httpx.put(address["url"], content=SMALL, headers=address["headers"]).is_success
    assert len(in_bucket(buckets)) == 1
    now = timezone.now()

    assert clearing.clear_leftovers(now=now) == 0
    assert clearing.clear_leftovers(now=now + timedelta(hours=2)) == 1

    assert in_bucket(buckets) == []


def test_clearing_never_touches_a_blob(alice, method, buckets):
    Sender(client_of(alice), SMALL).begun().send().complete()

    assert clearing.clear_leftovers(now=timezone.now() + NEVER_USED) == 0

    assert len(in_bucket(buckets)) == 1


def test_a_multipart_upload_that_no_row_knows_is_dropped_after_a_day(alice, buckets):
    multipart.begin(
        bucket=buckets.originals, key="originals/stray", content_type="image/jpeg", metadata={}
    )
    Sender(client_of(alice), SMALL).begun()
    now = timezone.now()

    assert clearing.drop_stray_multiparts(now=now) == 0
    assert clearing.drop_stray_multiparts(now=now + timedelta(hours=25)) == 1

    assert [found.key for found in multiparts(buckets)] == [Upload.objects.get().key]


def test_completing_goes_on_where_a_crash_left_it(alice, method):
    sender = Sender(client_of(alice), SMALL).begun().send()
    with (
        patch.object(actions, "settle_upload", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        sender.complete()
    assert Upload.objects.get().state == "open"

    response = sender.complete()

    assert response.status_code == 201
    assert balance(alice) == (len(SMALL), 0)


def test_an_upload_that_expires_while_it_is_completed_leaves_nothing(alice, method, buckets):
    sender = Sender(client_of(alice), SMALL).begun().send()
    assemble = assembling.assemble

    def assemble_too_late(upload, digests):
        clearing.expire_uploads(now=timezone.now() + NEVER_USED)
        return assemble(upload, digests)

    with patch.object(assembling, "assemble", assemble_too_late):
        response = sender.complete()

    assert response.status_code in {409, 410}
    assert not Item.objects.exists()
    assert balance(alice) == (0, 0)
    clearing.clear_leftovers(now=timezone.now() + NEVER_USED + timedelta(hours=2))
    assert in_bucket(buckets) == []


def test_the_store_being_away_is_said_and_changes_nothing(alice, method):
    sender = Sender(client_of(alice), SMALL).begun().send()
    with patch.object(assembling, "assemble", side_effect=Unavailable("503")):
        response = sender.complete()

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.json()["type"] == "/problems/store-unavailable"
    assert sender.complete().status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_who_complete_at_once_get_the_same_item(alice, method):
    sender = Sender(client_of(alice), SMALL).begun().send()

    answers = at_once(lambda _: sender.complete(), 4)

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Item.objects.count() == Blob.objects.count() == 1
    assert balance(alice) == (len(SMALL), 0)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_completed_twice_at_once_is_stored_once(alice, method, buckets):
    client = client_of(alice)
    senders = [Sender(client, SMALL, name=f"{n}.jpg").begun().send() for n in range(4)]

    answers = at_once(lambda number: senders[number].complete(), 4)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert in_bucket(buckets) == [Blob.objects.get().key]
    assert balance(alice) == (len(SMALL), 0)


@pytest.mark.django_db(transaction=True)
def test_completing_and_cancelling_at_once_end_in_one_of_both(alice, method, buckets):
    sender = Sender(client_of(alice), SMALL).begun().send()

    at_once(lambda n: sender.complete() if n else sender.client.delete(sender.url), 2)

    upload = Upload.objects.get()
    clearing.clear_leftovers(now=timezone.now() + NEVER_USED)
    if upload.state == "complete":
        assert in_bucket(buckets) == [upload.key]
        assert balance(alice) == (len(SMALL), 0)
    else:
        assert in_bucket(buckets) == []
        assert balance(alice) == (0, 0)
        assert not Item.objects.exists()


def test_the_door_of_the_timer_opens(alice, method):
    Sender(client_of(alice), SMALL).begun()
    Upload.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    tasks.expire_uploads()

    assert Upload.objects.get().state == "expired"


def test_digests_are_those_that_s3_wants():
    assert digest_of(b"") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def at_once(act, count):
    """The answers of several threads that do the same."""

    def one(number):
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
