"""What must be true of a machine before the stack may start. Changes nothing that stays."""

import os
import shutil
from pathlib import Path

LEAST_FREE_BYTES = 2**30


class CannotRun(Exception):
    """The stack cannot start; the message is one sentence for the person who asked."""


def check_home(home: Path, *, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
    """Raise CannotRun unless there is a writable place with room for the data."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotRun(
            f"Data cannot be written to {home} ({error.strerror}); "
            "make it writable or choose another place with MEDIASHARE_HOME."
        ) from error
    free_bytes = shutil.disk_usage(home).free
    if free_bytes < least_free_bytes:
        raise CannotRun(
            f"Only {free_bytes // 2**20} MiB are free where {home} lies; "
            f"at least {least_free_bytes // 2**20} MiB are needed to run without losing anything."
        )


def wanted_web_port(value: str) -> int | None:
    """The port named by PORT; None when it is not set."""
    if not value:
        return None
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise CannotRun(f"PORT={value} is not a port number, as PORT=9000 would be.")
    return int(value)
