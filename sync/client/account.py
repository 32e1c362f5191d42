"""Who this device is to the service, kept from one run to the next.

The token lies in the system's keyring or, where there is none, in a file that only its owner may
read. It is never shown, and never logged. Nothing here asks the service anything.
"""

from importlib import import_module
from types import ModuleType
from urllib.parse import urlsplit

import msgspec

from sync.client.errors import SignedOut
from sync.client.home import Home

FILE = "account.json"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class AddressUnusable(ValueError):
    """The address of a server that nobody should sign in at. Its text says why."""


class Account(msgspec.Struct, frozen=True):
    """`token` is empty when it is in the keyring."""

    server: str
    email: str
    device_id: str
    device_name: str
    token: str = msgspec.field(default="")


def load(home: Home) -> Account:
    """Raises SignedOut, and KeptFileIsBroken."""
    account = home.read(FILE, Account)
    if account is None:
        raise SignedOut("This device is not signed in.")
    return account


def token_of(account: Account) -> str:
    """The token, from wherever it is. Raises SignedOut when the keyring does not give it."""
    if account.token:
        return account.token
    return str(_vault().get(account.device_id))


def save(home: Home, account: Account, token: str, *, in_keyring: bool = True) -> bool:
    """Remember who this device is. True when the keyring has the token, else the file has it."""
    kept = in_keyring and bool(_vault().put(account.device_id, token))
    home.write(FILE, msgspec.structs.replace(account, token="" if kept else token))
    return kept


def forget(home: Home) -> None:
    """Remove account and token from this computer. Asking again is harmless."""
    account = home.read(FILE, Account)
    if account is not None and not account.token:
        _vault().remove(account.device_id)
    home.remove(FILE)


def server_address(typed: str) -> str:
    """The address of a server as it was typed, with https unless it says otherwise.

    Raises AddressUnusable. Without encryption only this computer itself may be asked.
    """
    address = typed if "://" in typed else f"https://{typed}"
    unusable = AddressUnusable(f"{typed} is no address of a server, as https://photos.example.org.")
    try:
        parts = urlsplit(address)
        # Raises where a port is no number, or too large.
        parts.port  # noqa: B018
    except ValueError as error:
        raise unusable from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise unusable
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise AddressUnusable(
            f"{address} is not encrypted, and everybody on the way could read the token."
            f" Use https://{parts.netloc}."
        )
    return address.rstrip("/")


def _vault() -> ModuleType:
    # Most runs find the token elsewhere, and a keyring takes longer to load than all the rest.
    return import_module("sync.client.vault")
