"""Where the one-machine stack keeps what it owns, and what it remembers between two runs."""

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from mediashare.embedded.checks import CannotRun

PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Home:
    """The directory that holds everything; by default `var/` in the checkout."""

    path: Path

    @classmethod
    def usual(cls) -> "Home":
        return cls(Path(os.environ.get("MEDIASHARE_HOME") or PROJECT / "var").resolve())

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @property
    def service_env(self) -> Path:
        return self / "service.env"


@dataclass(frozen=True)
class Memory:
    """What is decided once: secrets, and ports for as long as they stay free."""

    ports: Mapping[str, int] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


SECRETS: dict[str, Callable[[], str]] = {
    "secret_key": lambda: secrets.token_urlsafe(48),
    "postgres_owner": lambda: secrets.token_urlsafe(24),
    "postgres_service": lambda: secrets.token_urlsafe(24),
    "broker": lambda: secrets.token_urlsafe(24),
    "admin_password": lambda: secrets.token_urlsafe(12),
    "s3_admin_key": lambda: "AKIA" + secrets.token_hex(8).upper(),
    "s3_admin_secret": lambda: secrets.token_urlsafe(30),
    "s3_service_key": lambda: "AKIA" + secrets.token_hex(8).upper(),
    "s3_service_secret": lambda: secrets.token_urlsafe(30),
    "sts_signing": lambda: secrets.token_hex(16),
    "jwt_volume": lambda: secrets.token_urlsafe(32),
    "jwt_volume_read": lambda: secrets.token_urlsafe(32),
    "jwt_filer": lambda: secrets.token_urlsafe(32),
    "jwt_filer_read": lambda: secrets.token_urlsafe(32),
}


def recall(home: Home) -> Memory:
    """What was decided in earlier runs, completed by secrets that are still missing."""
    file = home / "stack.json"
    try:
        kept = json.loads(file.read_text()) if file.exists() else {}
        known = dict(kept.get("secrets", {}))
        ports = {str(name): int(port) for name, port in kept.get("ports", {}).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise CannotRun(
            f"{file} cannot be read ({error}); it holds the stack's passwords, so restore it, "
            "or begin anew with `make clean`."
        ) from error
    return Memory(ports, {name: known.get(name) or make() for name, make in SECRETS.items()})


def remember(home: Home, memory: Memory) -> None:
    write_private(home / "stack.json", json.dumps(asdict(memory), indent=1) + "\n")


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read; readers never see half of it."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    new.replace(file)


def lock(home: Home) -> IO[str]:
    """Hold this home until the returned file is closed or the process ends."""
    handle = (home / "run.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        address = handle.read().strip()
        handle.close()
        where = f" at {address}" if address else ""
        raise CannotRun(f"It is running already{where}; stop that one first.") from error
    handle.seek(0)
    handle.truncate()
    return handle
