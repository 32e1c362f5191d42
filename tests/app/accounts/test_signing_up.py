"""From a new address to a signed-in person, and the doors that stay shut."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def link_in_last_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/account/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found.group(1)


def sign_up(client: Client, email: str = "dora@example.org") -> None:
    answer = client.post("/account/signup/", {"email": email, "password1": PASSWORD})
    assert answer.status_code == 302, answer.content


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_newcomer_confirms_the_address_and_signs_in(client):
    sign_up(client)
    assert not is_signed_in(client)

    client.post(link_in_last_mail())
    client.post("/account/login/", {"login": "dora@example.org", "password": PASSWORD})

    assert is_signed_in(client)


def test_without_the_link_nobody_gets_in(client):
    sign_up(client)

    client.post("/account/login/", {"login": "dora@example.org", "password": PASSWORD})

    assert not is_signed_in(client)


def test_opening_the_link_alone_confirms_nothing(client):
    """Mail scanners open links; only the button confirms."""
    sign_up(client)

    answer = client.get(link_in_last_mail())
    client.post("/account/login/", {"login": "dora@example.org", "password": PASSWORD})

    assert b"Yes, confirm it" in answer.content
    assert not is_signed_in(client)


def test_closed_sign_up_says_so_and_takes_nobody(client, settings):
    settings.SIGNUP_OPEN = False

    page = client.get("/account/signup/")
    client.post("/account/signup/", {"email": "dora@example.org", "password1": PASSWORD})

    assert b"Sign-up is closed" in page.content
    assert mail.outbox == []


def test_a_known_address_is_not_given_away(client):
    person("alice")

    known = client.post("/account/signup/", {"email": "alice@example.org", "password1": PASSWORD})

    assert known.status_code == 302
    assert known["Location"] == "/account/confirm-email/"
    assert mail.outbox[-1].subject == "You already have an account"


def test_a_forgotten_password_is_replaced_once(client):
    person("alice")
    client.post("/account/password/reset/", {"email": "alice@example.org"})
    link = link_in_last_mail()
    form = client.get(link, follow=True)
    address = form.request["PATH_INFO"]

    client.post(address, {"password1": "another fine battery", "password2": "another fine battery"})
    again = Client().get(link, follow=True)
    client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert not is_signed_in(client)
    client.post(
        "/account/login/", {"login": "alice@example.org", "password": "another fine battery"}
    )

    assert is_signed_in(client)
    assert b"This link does not work" in again.content


def test_a_new_address_counts_only_once_confirmed(client):
    alice = person("alice")
    client.force_login(alice)

    client.post("/account/email/", {"email": "alice@new.example.org", "action_add": ""})
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    client.post(link_in_last_mail())

    alice.refresh_from_db()
    assert alice.email == "alice@new.example.org"


def test_mails_have_a_text_and_the_same_as_html(client):
    sign_up(client)

    sent = mail.outbox[-1]

    assert "Follow this link" in sent.body
    html = sent.message().get_payload(1).get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert f'href="http://testserver{link_in_last_mail()}"' in html


@pytest.mark.parametrize(
    "path",
    ["/account/", "/account/tokens/", "/account/email/", "/account/password/change/", "/upload/"],
)
def test_strangers_are_asked_to_sign_in(client, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("path", ["login", "signup", "password/reset", "password/reset/done"])
def test_pages_for_strangers_come_in_our_design(client, path):
    page = client.get(f"/account/{path}/")

    assert page.status_code == 200
    assert b"css/tokens" in page.content
    assert b"style=" not in page.content
