"""A second step after the password, and the codes for when it is lost."""

import json
import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

SIGN_IN = {"login": "alice@example.org", "password": PASSWORD}


@pytest.fixture
def alice(client):
    alice = person("alice")
    client.post("/account/login/", SIGN_IN)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return alice


def code_for(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counter)))


def set_up_app(client: Client) -> str:
    page = client.get("/account/2fa/totp/activate/").content.decode()
    found = re.search(r'<output class="secret"[^>]*>([A-Z2-7]+)<', page)
    assert found
    client.post("/account/2fa/totp/activate/", {"code": code_for(found.group(1))})
    return found.group(1)


def test_the_picture_and_the_key_are_shown(client, alice):
    page = client.get("/account/2fa/totp/activate/").content.decode()

    assert 'src="data:image/svg+xml' in page
    assert "<output" in page


def test_with_an_app_the_password_is_not_enough(client, alice):
    secret = set_up_app(client)
    other = Client()

    half_way = other.post("/account/login/", SIGN_IN, follow=True)
    assert b"One more step" in half_way.content
    assert other.get("/account/").status_code == 302
    # The code of this half minute was used to set it up, and none works twice.
    recovery = re.findall(r"<li>([0-9a-f]{8,})</li>", recovery_page(client))[0]
    other.post("/account/2fa/authenticate/", {"code": recovery})

    assert other.get("/account/").status_code == 200
    assert len(secret) >= 16


def test_a_recovery_code_works_once(client, alice):
    set_up_app(client)
    code = re.findall(r"<li>([0-9a-f]{8,})</li>", recovery_page(client))[0]
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post("/account/login/", SIGN_IN)
        browser.post("/account/2fa/authenticate/", {"code": code})

    assert first.get("/account/").status_code == 200
    assert second.get("/account/").status_code == 302


def recovery_page(client: Client) -> str:
    return client.get("/account/2fa/recovery-codes/").content.decode()


def test_the_passkey_pages_carry_data_and_no_code(client, alice):
    """Under our policy a script in a page does not run; data for a script may stand there."""
    for path in ("/account/2fa/webauthn/add/", "/account/2fa/reauthenticate/"):
        page = client.get(path, follow=True).content.decode()

        for kind, body in re.findall(r"<script([^>]*)>([^<]*)", page):
            assert not body.strip() or 'type="application/json"' in kind
    add = client.get("/account/2fa/webauthn/add/").content.decode()
    data = re.search(r'id="js_data" type="application/json">(.*?)</script>', add)
    assert data
    assert json.loads(data.group(1))["creation_options"]["publicKey"]["challenge"]


def test_a_stranger_gets_passkey_questions_that_name_nobody(client):
    answer = client.get("/account/2fa/webauthn/login/", headers={"accept": "application/json"})

    assert answer.json()["request_options"]["publicKey"].get("allowCredentials", []) == []


def test_changing_the_second_factor_asks_for_the_password_again(client, alice):
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()

    answer = client.get("/account/2fa/webauthn/add/", follow=True)

    assert b"Is it you?" in answer.content
