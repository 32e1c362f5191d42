"""Changes as tests say them: entries by names, contents by words."""

import hashlib
import uuid
from datetime import UTC, datetime

from sync.protocol.messages import Author, Change, File, Folder, State

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALICE = Author("5e3c8a52-0000-4000-8000-000000000001", "Alice", "laptop")


def identity(name: str) -> str:
    """The identity of the entry that a test calls so."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def file(name: str, content: str = "", parent: str = "") -> File:
    """A file with that text in it, in the folder that a test calls `parent`."""
    inside = identity(parent) if parent else ""
    return File(inside, name, sha256(content), len(content.encode()))


def folder(name: str, parent: str = "") -> Folder:
    return Folder(identity(parent) if parent else "", name)


def change(entry: str, base: int, after: State | None, key: str = "") -> Change:
    return Change(identity(key) if key else uuid.uuid4().hex, identity(entry), base, after)
