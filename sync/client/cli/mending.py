"""`restore`: bring back what a file was, or a file that was deleted. The present version stays
among the versions, so this can be undone in the same way.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from sync.client import wire
from sync.client.cli.copies import remembered
from sync.client.cli.desk import Connection, Desk
from sync.client.cli.looking import entry_at
from sync.client.cli.rounds import WHERE, one_of, sync_or_wake
from sync.client.errors import NotAllowed
from sync.client.ports import Accepted, Change, Service
from sync.client.roots import Root
from sync.client.state import State
from sync.planner.tree import Identity
from sync.protocol import messages
from sync.protocol.messages import Line

# So far back is looked for a version.
MOST_LINES = 1000


@click.command()
@click.argument("path", type=WHERE)
@click.option("--version", "number", type=int, help="A number from `versions` or `log`.")
@click.pass_obj
def restore(desk: Desk, path: Path, number: int | None) -> int:
    """Bring PATH back: as it was in a version, or as it was before it was deleted."""
    root = one_of(desk, path)
    with remembered(desk, root) as (state, connection):
        entry = _entry(state, connection, root, path)
        lines = connection.history(root.folder, entry, limit=MOST_LINES)
        _commit(connection.service(root.folder), entry, _wanted(lines, number), lines[0].number)
    return sync_or_wake(desk, root)


def _entry(state: State, connection: Connection, root: Root, path: Path) -> Identity:
    """What is at a path, or was the last there of what is deleted."""
    if path.exists() or path.is_symlink():
        return entry_at(state, root, path)
    deleted = set[Identity]()
    for line in connection.log(root.folder):
        if line.after is None:
            deleted.add(line.entry)
        elif line.entry in deleted:
            if line.after.name == path.name:
                return line.entry
            deleted.remove(line.entry)
    raise click.UsageError(f"No {path.name} was ever deleted here.")


def _wanted(lines: Sequence[Line], number: int | None) -> messages.State:
    """The state to bring back, where and under the name that the entry has now."""
    states = [line for line in lines if line.after is not None]
    if lines[0].after is None and number is None:
        number = states[0].number
    found = next((line.after for line in states if line.number == number), None)
    if found is None:
        raise click.UsageError("Name a version, by the number that `versions` shows before it.")
    now = states[0].after
    return replace(found, parent=now.parent, name=now.name) if now else found


def _commit(service: Service, entry: Identity, wanted: messages.State, base: int) -> None:
    revision = wire.revision_of(entry, base, wanted)
    change = Change(
        uuid.uuid4().hex, entry, base, revision.entry, revision.target, revision.modified_ms
    )
    (answer,) = service.commit([change])
    if not isinstance(answer, Accepted):
        raise NotAllowed(f"It could not be restored: {answer.reason}.")
