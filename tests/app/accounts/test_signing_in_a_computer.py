"""The client's own code asks the service's own endpoints to be let in."""

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from mediashare.accounts import linking
from mediashare.accounts.models import Device, DeviceRequest, User
from sync.client import login
from sync.client.errors import Busy, Offline, SignedOut

pytestmark = pytest.mark.django_db


@pytest.fixture
def http():
    def respond(request: httpx.Request) -> httpx.Response:
        answer = Client().generic(
            request.method,
            request.url.path,
            request.content,
            request.headers.get("content-type", ""),
            headers=dict(request.headers),
        )
        return httpx.Response(answer.status_code, content=answer.content)

    transport = httpx.MockTransport(respond)
    with httpx.Client(transport=transport, base_url="http://localhost") as http:
        yield http


def answering(codes: login.Codes, by: User, *, is_granted: bool):
    """A sleep during which somebody answers."""

    def sleep(seconds: float) -> None:
        assert seconds >= 2
        DeviceRequest.objects.update(asked_at=None)
        now = timezone.now()
        if DeviceRequest.objects.waiting(now).exists():
            request = linking.find_waiting(codes.user_code, now)
            linking.answer(request=request, by=by, is_granted=is_granted, now=now)

    return sleep


def test_a_computer_signs_in_and_out(http, alice):
    codes = login.begin(http, name="Laptop")

    grant = login.wait(http, codes, sleep=answering(codes, alice, is_granted=True))

    me = login.who_am_i(http, grant.access_token)
    assert me == grant.device
    assert (me.name, me.email) == ("Laptop", "alice@example.org")
    assert Device.objects.get().platform == login.system_name()
    login.sign_out(http, grant.access_token)
    login.sign_out(http, grant.access_token)
    with pytest.raises(SignedOut):
        login.who_am_i(http, grant.access_token)


def test_a_refused_computer_is_told_so(http, alice):
    codes = login.begin(http, name="Laptop")

    with pytest.raises(SignedOut, match="refused"):
        login.wait(http, codes, sleep=answering(codes, alice, is_granted=False))


def test_waiting_ends_when_the_code_does(http):
    codes = login.begin(http, name="Laptop")
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        DeviceRequest.objects.update(asked_at=None, expires_at=timezone.now())

    with pytest.raises(SignedOut, match="in time"):
        login.wait(http, codes, sleep=sleep)

    assert waits == [2]


def test_who_is_asked_to_slow_down_does_and_goes_on(http, alice):
    codes = login.begin(http, name="Laptop")
    waits: list[float] = []
    answer = answering(codes, alice, is_granted=True)

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            answer(seconds)

    login.wait(http, codes, sleep=sleep)

    # The second question comes at once after the first, since nobody really sleeps here.
    assert waits == [2, 2, 7]


def test_a_name_that_cannot_be_shown_is_refused(http):
    with pytest.raises(SignedOut, match="printed"):
        login.begin(http, name="Lap\u202etop")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(503), Busy),
        (httpx.Response(200, text="<html>Welcome"), SignedOut),
        (httpx.ConnectError("refused"), Offline),
    ],
)
def test_what_is_no_answer_of_the_service_is_told_apart(answer, error):
    def respond(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            return answer
        raise answer

    transport = httpx.MockTransport(respond)
    with (
        httpx.Client(transport=transport, base_url="https://example.org") as http,
        pytest.raises(error),
    ):
        login.begin(http, name="Laptop")
