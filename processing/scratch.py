"""A folder for one job's files, always removed, and the original in it."""

import fcntl
import hashlib
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from mediashare.aws import s3
from mediashare.aws.client import NotFound
from mediashare.storage.models import Blob
from processing.reasons import EMPTY, MISSING, Refused

# What a job writes beside the original, and what others may need of the disk meanwhile.
SPARE_BYTES = 512 * 2**20
PREFIX = "mediashare-scratch-"
NEW_SECONDS = 10
# An import makes several folders in a second, often among thousands of other programs'.
LOOK_SECONDS = 1.0
_looked_at: dict[Path, float] = {}


class NoRoom(Exception):
    """The disk of this worker is too full for this job now."""


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder that is gone afterwards, whatever happens in between.

    A worker killed on the spot cannot tidy up, so new folders clear away those whose worker
    is dead, at most once in LOOK_SECONDS.
    """
    parent = Path(settings.SCRATCH_DIR or tempfile.gettempdir())
    if time.monotonic() >= _looked_at.get(parent, -math.inf) + LOOK_SECONDS:
        _remove_abandoned(parent)
        _looked_at[parent] = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as made:
        held = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # The system takes the lock away from a process that dies.
            fcntl.flock(held, fcntl.LOCK_EX)
            yield Path(made)
        finally:
            os.close(held)


def _remove_abandoned(parent: Path) -> None:
    # A temporary folder may hold thousands of others, which `glob` is slow to leave out.
    with os.scandir(parent) as entries:
        ours = [entry.path for entry in entries if entry.name.startswith(PREFIX)]
    for path in ours:
        with suppress(OSError):
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # One that was made just now is not locked yet.
                if time.time() - os.stat(path).st_mtime > NEW_SECONDS:
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(held)


def fetch(blob: Blob, *, to: Path, check: Callable[[], None]) -> str:
    """Stream the original to a file; its SHA-256 in hex.

    Raises NoRoom, Refused when it is empty or gone, and whatever `check` does.
    """
    if blob.size_bytes == 0:
        raise Refused(EMPTY)
    return fetch_part(blob, 0, blob.size_bytes, to=to, check=check)


def fetch_part(blob: Blob, first: int, length: int, *, to: Path, check: Callable[[], None]) -> str:
    """Stream so many bytes of the original to a file, and otherwise do as `fetch` does."""
    if length + SPARE_BYTES > shutil.disk_usage(to.parent).free:
        raise NoRoom(f"{length} bytes do not fit beside {SPARE_BYTES} spare ones")
    asked = {} if length == blob.size_bytes else {"first": first, "last": first + length - 1}
    digest = hashlib.sha256()
    try:
        with to.open("wb") as file:
            for chunk in s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=blob.key, **asked):
                check()
                digest.update(chunk)
                file.write(chunk)
    except NotFound as error:
        blob.forget_digest()
        raise Refused(MISSING, str(error)) from error
    return digest.hexdigest()
