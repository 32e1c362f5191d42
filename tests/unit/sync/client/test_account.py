"""What a device keeps of who it is, and where its token lies."""

import stat

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from sync.client import account
from sync.client.errors import SignedOut
from sync.client.home import Home, KeptFileIsBroken

ALICE = account.Account(
    server="https://photos.example.org",
    email="alice@example.org",
    device_id="5f1c",
    device_name="Laptop",
)


class Ring(KeyringBackend):
    """A keyring in memory; a locked one refuses everything, a forgetful one keeps nothing."""

    priority = 1.0

    def __init__(self, *, is_locked: bool = False, is_forgetful: bool = False) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked, self.is_forgetful = is_locked, is_forgetful

    def _open(self) -> None:
        if self.is_locked:
            raise KeyringError("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        if not self.is_forgetful:
            self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_the_keyring_has_the_token_and_the_file_has_not(home, ring):
    assert account.save(home, ALICE, "ms_secret")

    assert "ms_secret" not in (home.path / account.FILE).read_text()
    assert account.token_of(account.load(home)) == "ms_secret"


@pytest.mark.parametrize("trouble", ["is_locked", "is_forgetful"])
def test_without_a_keyring_that_keeps_things_a_private_file_has_it(home, ring, trouble):
    setattr(ring, trouble, True)

    assert not account.save(home, ALICE, "ms_secret")

    file = home.path / account.FILE
    assert account.token_of(account.load(home)) == "ms_secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_who_asks_for_a_file_gets_one_and_the_keyring_is_left_alone(home, ring):
    account.save(home, ALICE, "ms_secret", in_keyring=False)

    assert ring.kept == {}
    assert account.token_of(account.load(home)) == "ms_secret"


def test_forgetting_leaves_nothing_in_either_place(home, ring):
    account.save(home, ALICE, "ms_secret")

    account.forget(home)
    account.forget(home)

    assert ring.kept == {}
    with pytest.raises(SignedOut):
        account.load(home)


@pytest.mark.parametrize("trouble", ["lost", "locked"])
def test_a_token_that_the_keyring_does_not_give_is_said_to_be_missing(home, ring, trouble):
    account.save(home, ALICE, "ms_secret")
    ring.kept.clear()
    ring.is_locked = trouble == "locked"

    with pytest.raises(SignedOut, match="keyring"):
        account.token_of(account.load(home))


def test_a_broken_file_is_named_and_left_as_it_is(home):
    account.save(home, ALICE, "ms_secret", in_keyring=False)
    file = home.path / account.FILE
    file.write_text("{half")

    with pytest.raises(KeptFileIsBroken, match=r"account\.json"):
        account.load(home)

    assert file.read_text() == "{half"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("photos.example.org", "https://photos.example.org"),
        ("https://photos.example.org/", "https://photos.example.org"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_address_is_taken_as_it_was_meant(typed, address):
    assert account.server_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "http://photos.example.org",
        "ftp://x.org",
        "https://",
        "a?b",
        "localhost:port",
        "localhost:99999",
        "http://[::1",
    ],
)
def test_an_address_that_would_show_the_token_or_is_none_is_refused(typed):
    with pytest.raises(account.AddressUnusable):
        account.server_address(typed)
