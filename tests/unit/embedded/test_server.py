"""What a server of one's own is set up with."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from mediashare.embedded import home as homes
from mediashare.embedded import server
from mediashare.embedded.checks import CannotRun
from mediashare.embedded.home import Home

SITE = (
    "SITE_URL=https://photos.example.org\nOBJECTS_URL=https://objects.example.org/\nTLS=internal\n"
)


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "site.env").write_text(SITE)
    return etc


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


def test_passwords_and_ports_stay_what_they_were(etc: Path, home: Home):
    server.settle(home, etc)
    before = (etc / "service.env").read_text()

    server.settle(home, etc)

    assert (etc / "service.env").read_text() == before


def test_what_the_site_says_itself_counts_most(etc: Path, home: Home):
    (etc / "site.env").write_text(f"{SITE}WEB_CONCURRENCY=7\nTRASH_DAYS=3\nSMTP_URL=\n")

    server.settle(home, etc)

    said = dotenv_values(etc / "service.env")
    assert (said["WEB_CONCURRENCY"], said["TRASH_DAYS"]) == ("7", "3")
    assert said["S3_PUBLIC_ENDPOINT_URL"] == "https://objects.example.org"
    assert said["SYNC_WAITING_URL"] == "https://photos.example.org/waiting/sync/v1"


def test_what_everybody_may_read_holds_no_secret(etc: Path, home: Home):
    server.settle(home, etc)

    public = (etc / "public.env").read_text()
    assert "https://photos.example.org" in public
    assert [secret for secret in homes.recall(home).secrets.values() if secret in public] == []
    assert (etc / "service.env").stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("name", server.REQUIRED)
def test_what_nobody_can_guess_is_asked_for(etc: Path, home: Home, name: str):
    lines = [line for line in SITE.splitlines(keepends=True) if not line.startswith(name)]
    (etc / "site.env").write_text("".join(lines))

    with pytest.raises(CannotRun, match=name):
        server.settle(home, etc)


def test_a_value_that_systemd_would_read_otherwise_is_refused(etc: Path, home: Home):
    (etc / "site.env").write_text(f'{SITE}DEFAULT_FROM_EMAIL="Alice\'s photos <a@example.org>"\n')

    with pytest.raises(CannotRun, match="DEFAULT_FROM_EMAIL"):
        server.settle(home, etc)
