"""Entries and changes as rows of the journal's tables, and back. Asks no database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sync.protocol.messages import Author, File, Folder, Line, Link, Revision, State

STATE = ("kind", "parent", "name", "sha256", "size_bytes", "is_executable", "modified_ms", "target")
LINE = ("number", "entry", "base", "key", "user", "author", "device", "at", *STATE)
ENTRY = ("entry", "number", "taken", *STATE)


def in_columns(state: State | None) -> tuple[str | int | bool, ...]:
    """The columns of STATE, empty where there is nothing to say."""
    match state:
        case File():
            what = (state.sha256, state.size_bytes, state.is_executable, state.modified_ms)
            return "file", state.parent, state.name, *what, ""
        case Folder():
            return "folder", state.parent, state.name, "", 0, False, 0, ""
        case Link():
            return "link", state.parent, state.name, "", 0, False, 0, state.target
        case None:
            return "", "", "", "", 0, False, 0, ""


def state_of(row: Sequence[Any]) -> State | None:
    """What the columns of STATE say."""
    kind, parent, name, sha256, size_bytes, is_executable, modified_ms, target = row
    if kind == "file":
        return File(parent, name, sha256, size_bytes, is_executable, modified_ms)
    if kind == "folder":
        return Folder(parent, name)
    return Link(parent, name, target) if kind else None


def line_in_columns(line: Line) -> tuple[Any, ...]:
    """The columns of LINE."""
    author, state = line.author, in_columns(line.after)
    by = (author.user, author.name, author.device)
    return line.number, line.entry, line.base, line.key, *by, as_moment(line.at_ms), *state


def entry_in_columns(revision: Revision) -> tuple[Any, ...]:
    """The columns of ENTRY."""
    taken = None if revision.is_deleted else revision.state.name
    return revision.entry, revision.number, taken, *in_columns(revision.state)


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
