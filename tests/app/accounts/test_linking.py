"""A computer asks to be let in and hears what RFC 8628 says, until somebody has answered."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import ScopedRateThrottle

from mediashare.accounts import linking
from mediashare.accounts.models import ApiToken, Device, DeviceRequest, User

pytestmark = pytest.mark.django_db

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
AUTHORIZE = "/sync/v1/device/authorize"
FORM = "application/x-www-form-urlencoded"


def begin(**fields: str) -> dict[str, Any]:
    form = {"client_id": "mediashare-sync", "device_name": "Laptop", "platform": "Linux", **fields}
    codes: dict[str, Any] = Client().post(AUTHORIZE, form_body(form), FORM).json()
    return codes


def form_body(form: dict[str, str]) -> bytes:
    return urlencode(form).encode()


def poll(device_code: str, **fields: str) -> tuple[int, dict[str, Any]]:
    """What a computer hears that asks after a while."""
    DeviceRequest.objects.update(asked_at=None)
    return ask_again(device_code, **fields)


def ask_again(device_code: str, **fields: str) -> tuple[int, dict[str, Any]]:
    form = {"client_id": "x", "grant_type": GRANT, "device_code": device_code, **fields}
    answer = Client().post("/sync/v1/device/token", form_body(form), FORM)
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def answered(codes: dict[str, Any], by: User, *, is_granted: bool = True) -> None:
    now = timezone.now()
    request = linking.find_waiting(codes["user_code"], now)
    linking.answer(request=request, by=by, is_granted=is_granted, now=now)


def program(secret: str) -> Client:
    return Client(headers={"authorization": f"Bearer {secret}"})


def test_who_begins_is_told_both_codes_and_where_to_type_one():
    codes = begin()

    page = f"{settings.SITE_URL}/account/devices/link/"
    assert codes["verification_uri"] == page
    assert codes["verification_uri_complete"] == f"{page}?code={codes['user_code']}"
    assert codes["expires_in"] == 900
    assert codes["interval"] == 2


def test_of_neither_code_more_than_a_digest_is_kept():
    codes = begin()

    kept = str(DeviceRequest.objects.values())
    assert codes["device_code"] not in kept
    assert codes["user_code"].replace("-", "") not in kept


def test_a_computer_is_let_in_and_may_sync_but_nothing_else(alice):
    codes = begin()
    assert poll(codes["device_code"])[1]["error"] == "authorization_pending"

    answered(codes, alice)
    status, got = poll(codes["device_code"])

    assert (status, got["token_type"], got["scope"]) == (200, "Bearer", "sync")
    device = Device.objects.get()
    described = {
        "id": str(device.pk),
        "name": "Laptop",
        "email": "alice@example.org",
        "person": "Alice",
    }
    assert got["device"] == described
    assert got["access_token"] not in str(ApiToken.objects.values())
    assert program(got["access_token"]).get("/sync/v1/device").json() == described
    assert program(got["access_token"]).get("/api/v1/items").status_code == 403


def test_who_asks_too_often_is_told_to_slow_down():
    codes = begin()

    ask_again(codes["device_code"])
    # However long that took on this machine.
    DeviceRequest.objects.update(asked_at=timezone.now() + timedelta(seconds=5))

    assert ask_again(codes["device_code"])[1]["error"] == "slow_down"


def test_a_refused_computer_hears_so(alice):
    codes = begin()
    answered(codes, alice, is_granted=False)

    assert poll(codes["device_code"]) == (
        400,
        {"error": "access_denied", "error_description": "This computer was refused."},
    )
    assert not Device.objects.exists()


def test_a_code_ends_even_when_it_was_granted(alice):
    codes = begin()
    answered(codes, alice)
    DeviceRequest.objects.update(expires_at=timezone.now())

    assert poll(codes["device_code"])[1]["error"] == "expired_token"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"device_code": ""}, "invalid_request"),
        ({"device_code": "no such code"}, "invalid_grant"),
    ],
)
def test_what_makes_no_sense_is_refused(fields, error):
    status, answer = poll(**{"device_code": "x", **fields})

    assert (status, answer["error"]) == (400, error)


def test_a_name_that_could_turn_the_page_around_is_refused():
    assert begin(device_name="Lap\u202etop")["error"] == "invalid_request"
    assert begin(device_name="")["error"] == "invalid_request"


def test_an_answer_that_was_lost_is_given_again_with_another_secret(alice):
    codes = begin()
    answered(codes, alice)

    lost = poll(codes["device_code"])[1]["access_token"]
    heard = poll(codes["device_code"])[1]["access_token"]

    assert program(lost).get("/sync/v1/device").status_code == 401
    assert program(heard).get("/sync/v1/device").status_code == 200
    assert Device.objects.count() == 1


def test_a_code_whose_secret_was_used_is_used_up(alice):
    codes = begin()
    answered(codes, alice)
    secret = poll(codes["device_code"])[1]["access_token"]
    program(secret).get("/sync/v1/device")

    assert poll(codes["device_code"])[1]["error"] == "invalid_grant"
    assert program(secret).get("/sync/v1/device").status_code == 200


def test_only_the_first_answer_counts(alice, bob):
    codes = begin()
    waiting = linking.find_waiting(codes["user_code"], timezone.now())
    answered(codes, alice)

    with pytest.raises(linking.NobodyWaits):
        linking.answer(request=waiting, by=bob, is_granted=True, now=timezone.now())

    poll(codes["device_code"])
    assert Device.objects.get().token.owner == alice


def test_a_device_signs_itself_out(alice):
    codes = begin()
    answered(codes, alice)
    here = program(poll(codes["device_code"])[1]["access_token"])

    assert here.delete("/sync/v1/device").status_code == 204

    assert here.get("/sync/v1/device").status_code == 401


def test_one_address_cannot_ask_without_end(monkeypatch):
    monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, "devices", "2/min")

    answers = [Client().post(AUTHORIZE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [415, 415, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_requests_that_are_over_are_forgotten_and_devices_stay(alice):
    codes = begin()
    begin()
    answered(codes, alice)
    poll(codes["device_code"])

    gone = linking.forget_old_requests(now=timezone.now() + timedelta(minutes=16))

    assert gone == 2
    assert Device.objects.live(timezone.now()).count() == 1
