"""Room is promised when an upload begins, used when it ends well, and never given twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from mediashare.accounts.models import User
from mediashare.storage.models import Upload
from tests.people import person
from tests.uploading import Sender, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets")]

CONTENT = b"x" * 1000


def test_room_is_reserved_while_an_upload_is_open_and_used_afterwards(alice, method):
    sender = Sender(client_of(alice), CONTENT).begun()
    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (0, 1000)

    sender.send().complete()

    alice.refresh_from_db()
    assert (alice.used_bytes, alice.reserved_bytes) == (1000, 0)


def test_what_is_reserved_counts_against_the_next_upload(method):
    alice = person("alice", quota_bytes=1500)
    client = client_of(alice)
    Sender(client, CONTENT, name="one.jpg").begun()

    response = Sender(client, CONTENT, name="two.jpg").begin()

    assert response.status_code == 403
    problem = response.json()
    assert problem["type"] == "/problems/quota-exceeded"
    assert (problem["needed_bytes"], problem["free_bytes"]) == (1000, 500)
    assert Upload.objects.count() == 1


def test_a_file_that_fits_exactly_fits(method):
    alice = person("alice", quota_bytes=1000)

    assert Sender(client_of(alice), CONTENT).begin().status_code == 201


def test_a_file_larger_than_the_site_allows_is_refused(alice, settings):
    settings.UPLOAD_MAX_BYTES = 999

    response = Sender(client_of(alice), CONTENT).begin()

    assert response.status_code == 413
    assert response.json()["type"] == "/problems/too-large"
    assert response.json()["limit_bytes"] == 999


def test_nothing_larger_than_s3_can_hold_is_begun(alice, settings):
    settings.UPLOAD_MAX_BYTES = 10**15
    alice.quota_bytes = 10**16
    alice.save()

    response = Sender(client_of(alice), CONTENT, wish={"size": 5 * 2**40 + 1}).begin()

    assert response.json()["type"] == "/problems/too-large"


def test_the_largest_file_of_all_can_be_begun(alice, method):
    alice.quota_bytes = 5 * 2**40
    alice.save()

    response = Sender(client_of(alice), CONTENT, wish={"size": 5 * 2**40}).begin()

    assert response.status_code == 201
    assert response.json()["part_count"] == 9987


def test_too_many_open_uploads_are_refused(alice, settings):
    settings.UPLOAD_MAX_OPEN = 1
    client = client_of(alice)
    Sender(client, CONTENT, name="one.jpg").begun()

    response = Sender(client, CONTENT, name="two.jpg").begin()

    assert response.status_code == 409
    assert response.json()["type"] == "/problems/too-many-uploads"


@pytest.mark.django_db(transaction=True)
def test_uploads_that_begin_at_once_cannot_overbook(method):
    alice = person("alice", quota_bytes=3500)
    clients = [client_of(alice) for _ in range(6)]

    def begin(number):
        try:
            sender = Sender(clients[number], CONTENT, name=f"{number}.jpg")
            return sender.begin().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(begin, range(6)))

    assert answers == [201, 201, 201, 403, 403, 403]
    assert User.objects.get().reserved_bytes == 3000
    assert Upload.objects.count() == 3
