"""One's own name and storage."""

import pytest
from django.conf import settings

from tests.people import person

pytestmark = pytest.mark.django_db


def test_the_name_is_saved(client):
    alice = person("alice")
    client.force_login(alice)

    client.post("/account/", {"name": "Alice from the sea"})

    alice.refresh_from_db()
    assert alice.name == "Alice from the sea"


def test_nobody_gives_themselves_more_room_or_power(client):
    alice = person("alice")
    client.force_login(alice)

    client.post("/account/", {"name": "Alice", "quota_bytes": 2**50, "is_staff": "on"})

    alice.refresh_from_db()
    assert (alice.quota, alice.is_staff) == (settings.QUOTA_BYTES, False)


def test_storage_counts_what_is_promised_too(client):
    alice = person("alice", used_bytes=3 * 2**30, reserved_bytes=2**30, quota_bytes=8 * 2**30)
    client.force_login(alice)

    page = client.get("/account/")

    assert page.context["taken_percent"] == 50
    assert b"4.0\xc2\xa0GB free" in page.content
