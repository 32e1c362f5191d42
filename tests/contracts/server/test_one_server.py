"""One server, from its own unit files: a photo comes in over TLS, and restarts lose nobody."""

import ssl
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import remote
from tests.contracts.server.units import Machine
from tests.newcomer import arrive
from tests.pictures.quarters import quarters, written
from tests.servers import STATIC_ROOT, free_port, temporary_home

UNITS = (
    *("mediashare-postgres.service", "mediashare-objects.service", "mediashare-broker.service"),
    *("mediashare-prepare.service", "mediashare-web@everything.service"),
    *("mediashare-waiting.service", "mediashare-worker@interactive.service"),
    *("mediashare-timer.service", "mediashare-proxy.service"),
)
WEB = "mediashare-web@everything.service"

# One server for all of them.
pytestmark = pytest.mark.xdist_group("server")


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    machine = Machine(temporary_home())
    try:
        settle(machine)
        for unit in UNITS:
            machine.start(unit)
        yield machine
    finally:
        machine.close()


def settle(machine: Machine) -> None:
    etc = machine.place / "etc"
    (etc / "site.env").write_text(
        f"SITE_URL=https://localhost:{free_port()}\nOBJECTS_URL=https://localhost:{free_port()}\n"
        f"TLS=internal\nHTTP_PORT={free_port()}\nMEDIASHARE_HOME={machine.place / 'lib'}\n"
        f"SMTP_URL=smtp://localhost:1\nSTATIC_ROOT={STATIC_ROOT}\n"
    )
    done = machine.run(
        [sys.executable, "-m", "mediashare.embedded.server", "settle"],
        {"MEDIASHARE_HOME": str(machine.place / "data"), "MEDIASHARE_ETC": str(etc)},
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def trust(machine: Machine) -> ssl.SSLContext:
    """What trusts the certificates that this server made for itself."""
    return ssl.create_default_context(cafile=certificate(machine.place))


def certificate(place: Path) -> Path:
    root = place / "proxy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    wait_until(root.exists)
    return root


def wait_until(holds, seconds: float = 200) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


@pytest.fixture(scope="module")
def api(machine: Machine, trust: ssl.SSLContext) -> Iterator[httpx.Client]:
    env = machine.environment(WEB)
    site = httpx.Client(base_url=env["SITE_URL"], verify=trust, timeout=150)
    with site:
        wait_until(lambda: is_ready(site))
        site.headers["Authorization"] = f"Bearer {arrive('alice', env=env)}"
        site.base_url = f"{env['SITE_URL']}/api/v1/"
        yield site


def is_ready(site: httpx.Client) -> bool:
    try:
        return site.get("/readyz").status_code == 200
    except httpx.ConnectError:
        # The proxy itself is not there yet.
        return False


@pytest.mark.timeout(300)
def test_a_photo_comes_in_over_tls_and_its_picture_can_be_looked_at(api, trust, monkeypatch):
    monkeypatch.setattr(remote, "STORE", httpx.Client(verify=trust, timeout=150))

    item = remote.upload(api, written(quarters(), "JPEG"), name="beach.jpg")
    wait_until(lambda: api.get(f"items/{item['id']}").json()["state"] == "ready")

    renditions = api.get(f"items/{item['id']}").json()["renditions"]
    picture = httpx.get(renditions[0]["url"], verify=trust)
    assert picture.status_code == 200
    assert picture.headers["content-type"].startswith("image/")


@pytest.mark.timeout(300)
def test_nobody_is_turned_away_while_the_web_processes_start_anew(machine: Machine, api):
    answers: list[int] = []
    ended = threading.Event()

    def ask() -> None:
        # A request at a time, without a pause: one of them comes while nobody listens.
        while not ended.is_set():
            answers.append(api.get("items").status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert machine.stop(WEB) == 0
        before = len(answers)
        machine.start(WEB)
        wait_until(lambda: len(answers) > before + 3)
    finally:
        ended.set()
        asking.join()

    assert set(answers) == {200}
