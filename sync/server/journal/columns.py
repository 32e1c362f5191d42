"""Entries and changes as rows of the journal's tables, and back. Asks no database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sync.protocol.messages import Author, File, Folder, Line, Link, Revision, State

STATE = ("kind", "parent", "name", "sha256", "size_bytes", "is_executable", "modified_ms", "target")
LINE = ("number", "entry", "base", "key", "user", "author", "device", "at", *STATE)
ENTRY = ("entry", "number", "taken", *STATE)


def in_columns(state: State | None) -> dict[str, Any]:
    """The columns that are not empty."""
    match state:
        case File():
            columns: dict[str, Any] = {
                "kind": "file",
                "sha256": state.sha256,
                "size_bytes": state.size_bytes,
                "is_executable": state.is_executable,
                "modified_ms": state.modified_ms,
            }
        case Folder():
            columns = {"kind": "folder"}
        case Link():
            columns = {"kind": "link", "target": state.target}
        case None:
            return {}
    return {"parent": state.parent, "name": state.name, **columns}


def state_of(row: Sequence[Any]) -> State | None:
    """What the columns of STATE say."""
    kind, parent, name, sha256, size_bytes, is_executable, modified_ms, target = row
    if kind == "file":
        return File(parent, name, sha256, size_bytes, is_executable, modified_ms)
    if kind == "folder":
        return Folder(parent, name)
    return Link(parent, name, target) if kind else None


def revision_of(row: Sequence[Any]) -> Revision:
    """What the columns of ENTRY say."""
    entry, number, taken, *rest = row
    state = state_of(rest)
    if state is None:
        raise ValueError(f"Entry {entry} is of no kind.")
    return Revision(entry, number, state, taken is None)


def line_of(row: Sequence[Any]) -> Line:
    """What the columns of LINE say."""
    number, entry, base, key, user, author, device, at, *rest = row
    author = Author(user, author, device)
    return Line(number, entry, base, state_of(rest), key, author, as_ms(at))


def as_ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def as_moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
