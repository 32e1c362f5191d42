"""Tokens for programs: shown once, held to their scopes, and gone when revoked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mediashare.accounts import actions
from mediashare.accounts.models import ApiToken, User
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def signed_in(name: str, *, seconds_ago: int = 0) -> Client:
    client = Client()
    client.post("/account/login/", {"login": f"{name}@example.org", "password": PASSWORD})
    session = client.session
    session["account_authentication_methods"][0]["at"] -= seconds_ago
    session.save()
    return client


def token_of(owner: User, *scopes: str, **fields) -> tuple[ApiToken, Client]:
    """A token and a program that uses it."""
    token, secret = actions.create_token(
        owner=owner, name="nightly copy", scopes=[*scopes], **fields
    )
    return token, Client(headers={"authorization": f"Bearer {secret}"})


def test_the_secret_is_shown_once_and_not_kept(alice):
    client = signed_in("alice")
    wish = {"name": "backup", "scopes": ["read", "upload"], "term": "30"}

    made = client.post("/account/tokens/", wish).context["secret"]
    later = client.get("/account/tokens/").content.decode()

    token = ApiToken.objects.get()
    assert made.startswith("ms_")
    assert made not in later
    assert token.hint in later
    assert made not in str(ApiToken.objects.values())
    assert token.expires_at is not None
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)


def test_the_answer_with_the_secret_is_not_kept_by_caches(alice):
    answer = signed_in("alice").post("/account/tokens/", {"name": "x", "scopes": ["read"]})

    assert "no-store" in answer["Cache-Control"]


def test_a_token_without_scopes_is_not_made(alice):
    answer = signed_in("alice").post("/account/tokens/", {"name": "backup", "term": ""})

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_making_a_token_later_asks_for_the_password_and_then_goes_on(alice):
    client = signed_in("alice", seconds_ago=301)

    asked = client.post("/account/tokens/", {"name": "backup", "scopes": ["read"]})
    assert asked["Location"] == "/account/reauthenticate/?next=%2Faccount%2Ftokens%2F"
    assert not ApiToken.objects.exists()
    made = client.post(asked["Location"], {"password": PASSWORD, "next": "/account/tokens/"})

    assert b"is ready" in made.content
    assert ApiToken.objects.get().name == "backup"


def test_a_token_gets_in_within_its_scope(alice):
    _, program = token_of(alice, "upload")

    assert program.get("/api/v1/uploads").status_code == 200


def test_a_token_is_refused_outside_its_scope(alice):
    _, program = token_of(alice, "read")

    answer = program.get("/api/v1/uploads")

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/permission-denied"


def test_a_revoked_token_is_refused(alice):
    token, program = token_of(alice, "upload")

    signed_in("alice").post(f"/account/tokens/{token.pk}/")

    assert program.get("/api/v1/uploads").status_code == 401


def test_revoking_twice_keeps_the_first_time(alice):
    token, _ = token_of(alice, "read")

    actions.revoke_token(token=token, now=NOW)
    actions.revoke_token(token=token, now=NOW + timedelta(days=1))

    token.refresh_from_db()
    assert token.revoked_at == NOW


def test_an_expired_token_is_refused(alice):
    _, program = token_of(alice, "upload", expires_at=timezone.now() - timedelta(seconds=1))

    answer = program.get("/api/v1/uploads")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_of_a_person_switched_off_is_refused(alice):
    _, program = token_of(alice, "upload")
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert program.get("/api/v1/uploads").status_code == 401


def test_use_is_noted_at_most_once_a_minute(alice):
    token, _ = token_of(alice, "read")

    def noted_at(now: datetime) -> datetime | None:
        token.refresh_from_db()
        token.note_use(now)
        token.refresh_from_db()
        return token.last_used_at

    assert noted_at(NOW) == NOW
    assert noted_at(NOW + timedelta(seconds=59)) == NOW
    assert noted_at(NOW + timedelta(seconds=61)) == NOW + timedelta(seconds=61)


def test_strangers_neither_see_nor_revoke_a_token(alice):
    person("bob")
    token, program = token_of(alice, "upload")
    bob = signed_in("bob")

    page = bob.get("/account/tokens/").content.decode()
    answer = bob.post(f"/account/tokens/{token.pk}/")

    assert "nightly copy" not in page
    assert answer.status_code == 404
    assert program.get("/api/v1/uploads").status_code == 200
