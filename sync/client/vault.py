"""The system's keyring. Only the account asks it, and loads it only then: that takes a while."""

import keyring
from keyring.errors import KeyringError, PasswordDeleteError

from sync.client.errors import SignedOut
from sync.client.home import NAME


def put(device_id: str, token: str) -> bool:
    """False when there is no keyring, or one that keeps nothing."""
    try:
        keyring.set_password(NAME, device_id, token)
        return keyring.get_password(NAME, device_id) == token
    except KeyringError:
        return False


def get(device_id: str) -> str:
    """Raises SignedOut when the keyring is locked or empty."""
    try:
        found = keyring.get_password(NAME, device_id)
    except KeyringError as error:
        raise SignedOut(f"The system's keyring does not give the token ({error}).") from error
    if found is None:
        raise SignedOut("The token is not in the system's keyring any more.")
    return found


def remove(device_id: str) -> None:
    """Asking again is harmless. Raises SignedOut when the keyring is locked."""
    try:
        keyring.delete_password(NAME, device_id)
    except PasswordDeleteError:
        return
    except KeyringError as error:
        raise SignedOut(f"The system's keyring does not forget the token ({error}).") from error
