"""Whether the code is still what it was when the database and the static files were prepared.

Looks at names, sizes and times of files; that takes some milliseconds, and asking Django seconds.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from mediashare.embedded.home import PROJECT

CODE = ("mediashare", "albums", "processing", "sync", "requirements")
OF_NO_EFFECT = {".pyc"}


def is_fresh(mark: Path) -> bool:
    return mark.exists() and mark.read_text() == fingerprint()


def note(mark: Path) -> None:
    mark.write_text(fingerprint())


def fingerprint() -> str:
    digest = hashlib.sha256()
    for file in sorted(_files()):
        status = file.stat()
        digest.update(f"{file} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in CODE:
        for file in (PROJECT / name).rglob("*"):
            if file.is_file() and file.suffix not in OF_NO_EFFECT:
                yield file
