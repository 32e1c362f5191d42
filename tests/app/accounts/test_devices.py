"""The pages of devices: who asks is shown, let in or refused, renamed and signed out."""

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.throttling import ScopedRateThrottle

from mediashare.accounts import linking
from mediashare.accounts.models import Device, DeviceRequest, User
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

LINK = "/account/devices/link/"


def asking(name: str = "Laptop") -> linking.Codes:
    return linking.ask(name=name, platform="Linux 6.1", address="203.0.113.9", now=timezone.now())


def device_of(owner: User, name: str = "Laptop") -> Device:
    codes = asking(name)
    now = timezone.now()
    waiting = linking.find_waiting(codes.user_code, now)
    linking.answer(request=waiting, by=owner, is_granted=True, now=now)
    return linking.redeem(device_code=codes.device_code, now=now)[0]


@pytest.fixture
def her(alice: User) -> Client:
    """Alice's browser, in which she has just signed in with her password."""
    client = Client()
    client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    return client


def test_the_page_shows_who_asks_and_from_where(her):
    codes = asking("Anna's <laptop>")

    page = her.get(LINK, {"code": codes.user_code}).content.decode()

    assert "Anna&#x27;s &lt;laptop&gt;" in page
    assert "Linux 6.1" in page
    assert "203.0.113.9" in page
    assert DeviceRequest.objects.get().is_granted is None


@pytest.mark.parametrize("typed", ["{}", "  {} ", "lower", "without"])
def test_a_code_may_be_typed_in_any_way(her, typed):
    code = asking().user_code
    wanted = {"lower": code.lower(), "without": code.replace("-", "")}.get(
        typed, typed.format(code)
    )

    assert b"Let this computer in?" in her.get(LINK, {"code": wanted}).content


def test_letting_in_makes_it_a_device_and_says_so_by_mail(her, alice):
    codes = asking()

    answer = her.post(LINK, {"code": codes.user_code, "answer": "grant"})
    linking.redeem(device_code=codes.device_code, now=timezone.now())

    assert answer["Location"] == "/account/devices/"
    page = her.get("/account/devices/").content.decode()
    assert "Laptop" in page
    assert "203.0.113.9" in page
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([alice.email], "A device was linked to your account")
    assert "Laptop" in sent.body


def test_refusing_makes_nothing(her):
    codes = asking()

    her.post(LINK, {"code": codes.user_code, "answer": "refuse"})

    with pytest.raises(linking.AccessRefused):
        linking.redeem(device_code=codes.device_code, now=timezone.now())
    assert mail.outbox == []


def test_letting_in_asks_for_the_password_first(alice):
    codes = asking()
    client = Client()
    client.force_login(alice)

    asked = client.post(LINK, {"code": codes.user_code, "answer": "grant"})

    assert asked["Location"].startswith("/account/reauthenticate/")
    assert DeviceRequest.objects.get().is_granted is None


def test_the_password_of_signing_in_counts_for_five_minutes(her):
    codes = asking()
    session = her.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()

    asked = her.post(LINK, {"code": codes.user_code, "answer": "grant"})
    answered = her.post(asked["Location"], {"password": PASSWORD})

    assert asked["Location"].startswith("/account/reauthenticate/")
    assert answered["Location"] == "/account/devices/"
    assert DeviceRequest.objects.get().is_granted


def test_a_link_from_a_mail_is_no_password(her):
    codes = asking()
    session = her.session
    session["account_authentication_methods"][0]["method"] = "password_reset"
    session.save()

    asked = her.post(LINK, {"code": codes.user_code, "answer": "grant"})

    assert asked["Location"].startswith("/account/reauthenticate/")


@pytest.mark.parametrize("code", ["BCDF-GHJK", "x", "<script>"])
def test_a_code_with_which_nobody_waits_is_said_to_be_none(her, code):
    asking()

    page = her.get(LINK, {"code": code})

    assert page.status_code == 422
    assert b"No computer is waiting" in page.content
    assert b"<script>" not in page.content.split(b"<main")[1]


def test_codes_cannot_be_searched(her, monkeypatch):
    monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, "device-code", "2/min")
    right = asking().user_code

    guesses = [her.get(LINK, {"code": code}) for code in ("BBBB-BBBB", "CCCC-CCCC", right)]

    assert [page.status_code for page in guesses] == [422, 422, 429]


def test_a_device_gets_another_name(her, alice):
    device = device_of(alice)

    her.post(f"/account/devices/{device.pk}/name/", {"name": "Kitchen"})

    assert "Kitchen" in her.get("/account/devices/").content.decode()


def test_a_device_keeps_its_name_when_the_new_one_is_empty(her, alice):
    device = device_of(alice)

    her.post(f"/account/devices/{device.pk}/name/", {"name": " "})

    assert Device.objects.get(pk=device.pk).token.name == "Laptop"


def test_a_device_is_signed_out_from_afar_and_leaves_the_list(her, alice):
    codes = asking()
    now = timezone.now()
    linking.answer(
        request=linking.find_waiting(codes.user_code, now), by=alice, is_granted=True, now=now
    )
    device, secret = linking.redeem(device_code=codes.device_code, now=now)
    far_away = Client(headers={"authorization": f"Bearer {secret}"})
    assert far_away.get("/sync/v1/device").status_code == 200

    her.post(f"/account/devices/{device.pk}/revocation/")

    assert far_away.get("/sync/v1/device").status_code == 401
    assert b"No computer is signed in." in her.get("/account/devices/").content


def test_strangers_neither_see_nor_change_a_device(her, alice):
    device = device_of(person("bob"), "Bob's phone")

    assert b"Bob" not in her.get("/account/devices/").content
    assert her.post(f"/account/devices/{device.pk}/name/", {"name": "x"}).status_code == 404
    assert her.post(f"/account/devices/{device.pk}/revocation/").status_code == 404
    assert Device.objects.live(timezone.now()).get().token.name == "Bob's phone"


def test_tokens_of_devices_are_not_among_the_others_nor_offered(her, alice):
    device_of(alice)

    page = her.get("/account/tokens/").content.decode()

    assert "Laptop" not in page
    assert 'value="sync"' not in page


def test_ten_devices_cost_what_one_does(her, alice):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert her.get("/account/devices/").status_code == 200
        return len(captured)

    device_of(alice)
    her.get("/account/devices/")
    few = queries()

    for number in range(9):
        device_of(alice, f"Laptop {number}")

    assert queries() == few <= 6
