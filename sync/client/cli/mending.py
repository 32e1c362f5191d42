"""`restore`: bring back what a file was, or a file that was deleted. The present version stays
among the versions, so this can be undone in the same way.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from sync.client import wire
from sync.client.cli.copies import Opened, connected, opened
from sync.client.cli.desk import Connection, Desk
from sync.client.cli.looking import entry_at
from sync.client.cli.rounds import WHERE, one_of, tell
from sync.client.errors import NotAllowed
from sync.client.ports import Accepted, Change
from sync.planner.tree import Identity
from sync.protocol.messages import Line, State

# So far back is looked for a version, or for what was deleted.
MOST_LINES = 1000


@click.command()
@click.argument("path", type=WHERE)
@click.option("--version", "number", type=int, help="A number from `versions` or `log`.")
@click.pass_obj
def restore(desk: Desk, path: Path, number: int | None) -> int:
    """Bring PATH back: as it was in a version, or as it was before it was deleted."""
    root = one_of(desk, path)
    with opened(desk, root) as copy:
        copy.engine.sync()
        with connected(desk) as (_, connection):
            entry = _entry(copy, connection, path)
            lines = connection.history(root.folder, entry, limit=MOST_LINES)
            _commit(copy, entry, _wanted(lines, number), lines[0].number)
        return tell(desk, copy, copy.engine.sync())


def _entry(copy: Opened, connection: Connection, path: Path) -> Identity:
    """What is at a path, or was the last there of what is deleted."""
    if path.exists() or path.is_symlink():
        return entry_at(copy, path)
    for line in connection.log(copy.root.folder, limit=MOST_LINES):
        if line.after is None:
            before = connection.history(copy.root.folder, line.entry, limit=2)
            if any(each.after and each.after.name == path.name for each in before):
                return line.entry
    raise click.UsageError(f"No deleted {path.name} is among the last {MOST_LINES} changes.")


def _wanted(lines: Sequence[Line], number: int | None) -> State:
    """The state to bring back, where and under the name that the entry has now."""
    states = [line for line in lines if line.after is not None]
    if lines[0].after is None and number is None:
        number = states[0].number
    found = next((line.after for line in states if line.number == number), None)
    if found is None:
        raise click.UsageError("Name a version, by the number that `versions` shows before it.")
    now = states[0].after
    return replace(found, parent=now.parent, name=now.name) if now else found


def _commit(copy: Opened, entry: Identity, state: State, base: int) -> None:
    revision = wire.revision_of(entry, base, state)
    change = Change(
        uuid.uuid4().hex, entry, base, revision.entry, revision.target, revision.modified_ms
    )
    (answer,) = copy.service.commit([change])
    if not isinstance(answer, Accepted):
        raise NotAllowed(f"It could not be restored: {answer.reason}.")
