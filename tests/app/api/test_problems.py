"""Refusals are problem details that programs can tell apart, and say when to come back."""

import base64

import pytest
from django.core.cache import cache
from rest_framework.throttling import ScopedRateThrottle

from mediashare.aws import sts
from mediashare.aws.client import Unavailable
from tests.people import person
from tests.uploading import Sender, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice_client():
    return client_of(person("alice"))


def test_who_asks_too_often_is_told_when_to_ask_again(alice_client, monkeypatch):
    cache.clear()
    monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, "uploads", "2/min")

    answers = [alice_client.get("/api/v1/uploads") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["type"] == "/problems/throttled"
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60


def test_an_unknown_token_is_a_problem_of_its_own(client):
    answer = client.get("/api/v1/uploads", headers={"Authorization": "Bearer ms_unknown"})

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/authentication-failed"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_what_is_not_json_is_refused(alice_client):
    answer = alice_client.post("/api/v1/uploads", "{", content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/parse-error"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_a_body_that_would_fill_the_memory_is_refused_unread(alice_client, settings, headers):
    body = b'{"title": "%s"}' % (b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    answer = alice_client.post(
        "/api/v1/albums", body, content_type="application/json", headers=headers
    )

    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"


def test_json_that_is_nested_without_end_is_refused(alice_client):
    answer = alice_client.post("/api/v1/albums", "[" * 100_000, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/parse-error"


@pytest.mark.parametrize(
    ("path", "position"),
    [("items", "yesterday"), ("items", "0"), ("albums/{album}/items", "first")],
)
def test_a_forged_cursor_is_refused(alice_client, path, position):
    album = alice_client.post("/api/v1/albums", {"title": "Summer"}, format="json").json()["id"]
    cursor = base64.b64encode(f"p={position}".encode()).decode()

    answer = alice_client.get(f"/api/v1/{path.format(album=album)}", {"cursor": cursor})

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"


def test_a_verb_that_is_not_there_is_refused(alice_client):
    answer = alice_client.put("/api/v1/uploads", {}, format="json")

    assert answer.status_code == 405
    assert answer.json()["type"] == "/problems/method-not-allowed"


@pytest.mark.usefixtures("buckets")
def test_when_the_store_is_away_it_is_said_with_a_time_to_come_back(alice_client, monkeypatch):
    def away(**_):
        raise Unavailable("503")

    monkeypatch.setattr(sts, "assume_role", away)

    answer = Sender(alice_client, b"photo").begin()

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/store-unavailable"
    assert answer.headers["Retry-After"] == "5"
