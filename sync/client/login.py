"""Sign this device in: it shows a code, a person answers in a browser, it gets a token.

RFC 8628. Nothing here is kept, and nothing opens a browser.
"""

import platform
import time
from collections.abc import Callable
from typing import TypeVar

import httpx
import msgspec

from sync.client.errors import Busy, Offline, SignedOut

CLIENT = "mediashare-sync"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
# By so much the wait grows each time the service asks for it: RFC 8628, section 3.5.
SLOWER_SECONDS = 5

Read = TypeVar("Read")


class Codes(msgspec.Struct, frozen=True):
    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int = 5


class Device(msgspec.Struct, frozen=True):
    id: str
    name: str
    email: str


class Grant(msgspec.Struct, frozen=True):
    access_token: str
    device: Device


class Refusal(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


def begin(http: httpx.Client, *, name: str) -> Codes:
    """Ask to be let in. Raises Offline, Busy, SignedOut."""
    form = {"client_id": CLIENT, "device_name": name, "platform": system_name()}
    answer = _post(http, "/sync/v1/device/authorize", form)
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise SignedOut(_read(answer, Refusal).error_description)
    return _read(answer, Codes)


def wait(http: httpx.Client, codes: Codes, *, sleep: Callable[[float], None] = time.sleep) -> Grant:
    """The grant, once somebody has answered. Raises SignedOut when refused or too late."""
    form = {"client_id": CLIENT, "grant_type": GRANT_TYPE, "device_code": codes.device_code}
    pause, waited = codes.interval, 0
    while waited <= codes.expires_in:
        sleep(pause)
        waited += pause
        try:
            answer = _post(http, "/sync/v1/device/token", form)
        except (Offline, Busy):
            pause += SLOWER_SECONDS
            continue
        if answer.is_success:
            return _read(answer, Grant)
        refusal = _read(answer, Refusal)
        if refusal.error == "slow_down":
            pause += SLOWER_SECONDS
        elif refusal.error != "authorization_pending":
            raise SignedOut(refusal.error_description or refusal.error)
    raise SignedOut("Nobody let this computer in in time. Begin anew.")


def who_am_i(http: httpx.Client, token: str) -> Device:
    """The device that the service takes the token for. Raises SignedOut, Offline, Busy."""
    return _read(_ask(http, "GET", "/sync/v1/device", headers=_bearer(token)), Device)


def sign_out(http: httpx.Client, token: str) -> None:
    """Let the token work no more; one that does not already is as good. Raises Offline, Busy."""
    try:
        _ask(http, "DELETE", "/sync/v1/device", headers=_bearer(token))
    except SignedOut:
        return


def system_name() -> str:
    """As `Debian GNU/Linux 12 (x86_64)`, for people."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = f"{platform.system()} {platform.release()}"
    return f"{name} ({platform.machine()})"[:100]


def _post(http: httpx.Client, path: str, form: dict[str, str]) -> httpx.Response:
    return _ask(http, "POST", path, data=form)


def _ask(
    http: httpx.Client,
    method: str,
    path: str,
    *,
    data: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """An answer that the service means; what says nothing about the question is raised."""
    try:
        answer = http.request(method, path, data=data, headers=headers)
    except httpx.TransportError as error:
        raise Offline(f"{http.base_url} cannot be reached ({error}).") from error
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        raise Busy(f"{http.base_url} asks for patience ({answer.status_code}).")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise SignedOut("The service does not know this device any more.")
    return answer


def _read(answer: httpx.Response, kind: type[Read]) -> Read:
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError as error:
        raise SignedOut(
            f"There is no mediashare at {answer.url.copy_with(path='/')}:"
            f" it answered {answer.status_code} and something else than expected."
        ) from error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
