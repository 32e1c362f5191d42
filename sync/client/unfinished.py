"""What is remembered of transfers between runs: parts sent, spans fetched, chunks of large files.

Losing all of it is harmless: then more travels than must. Knows no network and no file but its own.
"""

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sync.client import chunks
from sync.client.chunks import Manifest
from sync.client.parts import Span
from sync.client.state import room

# Of 20 bytes for each MiB: the chunks of three terabytes of large files.
MANIFESTS_BYTES = 64 * 2**20

_TABLES = """
CREATE TABLE IF NOT EXISTS part (
    upload_id TEXT, number INTEGER, sha256 TEXT, PRIMARY KEY (upload_id, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS span (
    target TEXT, sha256 TEXT, start INTEGER, end INTEGER, PRIMARY KEY (target, sha256, start, end)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS manifest (
    used INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT UNIQUE, chunks BLOB
);
"""

_FORGET_OLD = """
DELETE FROM manifest WHERE used IN (
    SELECT used FROM (
        SELECT used, sum(length(chunks)) OVER (ORDER BY used DESC) AS together FROM manifest
    ) WHERE together > ?
)
"""


class Unfinished:
    """A small database in a file, for many threads of one process."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    def parts(self, upload_id: str) -> dict[int, str]:
        """The parts of a multipart upload that S3 has confirmed: the SHA-256 of each, in hex."""
        return dict(self._ask("SELECT number, sha256 FROM part WHERE upload_id = ?", upload_id))

    def note_part(self, upload_id: str, number: int, sha256: str) -> None:
        self._ask("INSERT OR REPLACE INTO part VALUES (?, ?, ?)", upload_id, number, sha256)

    def forget_parts(self, upload_id: str) -> None:
        self._ask("DELETE FROM part WHERE upload_id = ?", upload_id)

    def spans(self, target: str, sha256: str) -> set[Span]:
        """What of some bytes has been written to a file."""
        asked = "SELECT start, end FROM span WHERE target = ? AND sha256 = ?"
        return {Span(*row) for row in self._ask(asked, target, sha256)}

    def note_span(self, target: str, sha256: str, span: Span) -> None:
        asked = "INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?)"
        self._ask(asked, target, sha256, span.start, span.end)

    def forget_spans(self, target: str) -> None:
        self._ask("DELETE FROM span WHERE target = ?", target)

    def manifest(self, sha256: str) -> Manifest | None:
        """The chunks of a file that was here at some time."""
        found = self._ask("SELECT chunks FROM manifest WHERE sha256 = ?", sha256)
        return chunks.decode(found[0][0]) if found else None

    def note_manifest(self, sha256: str, manifest: Iterable[chunks.Chunk]) -> None:
        """Remember them, and forget those that were noted longest ago when there are too many."""
        asked = "INSERT OR REPLACE INTO manifest (sha256, chunks) VALUES (?, ?)"
        self._ask(asked, sha256, chunks.encode(manifest))
        self._ask(_FORGET_OLD, MANIFESTS_BYTES)

    def _ask(self, asked: str, *values: object) -> list[Any]:
        with self._lock, room():
            return self._database.execute(asked, values).fetchall()
