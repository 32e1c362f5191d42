"""`restore`: bring back what a file was, or a file that was deleted. The present version stays
among the versions, so this can be undone in the same way.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from sync.client import wire
from sync.client.cli.copies import remembered
from sync.client.cli.desk import Connection, Desk
from sync.client.cli.looking import entry_that_was_at
from sync.client.cli.rounds import WHERE, one_of, sync_or_wake
from sync.client.errors import NotAllowed
from sync.client.ports import MOST_CHANGES, Accepted, Change, Service
from sync.planner.tree import Identity
from sync.protocol.messages import Folder, Line, State

# So far back is looked for a version.
MOST_LINES = 1000
# Deletions with a longer pause between them were not one. As the site has it.
TOGETHER_MS = 60_000


@click.command()
@click.argument("path", type=WHERE)
@click.option("--version", "number", type=int, help="A number from `versions` or `log`.")
@click.pass_obj
def restore(desk: Desk, path: Path, number: int | None) -> int:
    """Bring PATH back: as it was in a version, or as it was before it was deleted.

    A folder comes back with what was deleted with it.
    """
    root = one_of(desk, path)
    with remembered(desk, root) as (state, connection):
        entry = entry_that_was_at(state, connection, root, path)
        lines = connection.history(root.folder, entry, limit=MOST_LINES)
        wanted = [(lines[0], _wanted(lines, number))]
        if lines[0].after is None and isinstance(wanted[0][1], Folder):
            wanted += _deleted_with(connection, root.folder, lines[0])
        _commit(connection.service(root.folder), wanted)
    return sync_or_wake(desk, root)


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


def _deleted_with(connection: Connection, folder: str, own: Line) -> list[tuple[Line, State]]:
    """What was in a folder until that was deleted by `own`: by the same device, without a pause.

    The line that deleted each, with what it was before; a folder before what is in it.
    """
    gone = _gone_together(connection.log(folder), own)
    before = _before(connection.log(folder), gone)
    found = {own.entry: own}
    for entry, line in gone.items():
        if entry in before and before[entry].parent in found:
            found[entry] = line
    del found[own.entry]
    return [(line, before[entry]) for entry, line in found.items()]


def _gone_together(log: Iterable[Line], own: Line) -> dict[Identity, Line]:
    """The deletions just before one, by the same device, the latest first."""
    found: dict[Identity, Line] = {}
    last = own
    for line in log:
        if line.number >= own.number:
            continue
        if last.at_ms - line.at_ms > TOGETHER_MS:
            break
        if line.after is None and line.author == own.author and line.entry not in found:
            found[line.entry] = last = line
    return found


def _before(log: Iterable[Line], gone: Mapping[Identity, Line]) -> dict[Identity, State]:
    """What entries were before these lines."""
    found: dict[Identity, State] = {}
    for line in log:
        if len(found) == len(gone):
            break
        if line.after is not None and line.entry in gone and line.number < gone[line.entry].number:
            found.setdefault(line.entry, line.after)
    return found


def _commit(service: Service, wanted: Sequence[tuple[Line, State]]) -> None:
    """Make each what it was, unless somebody changed it since. Raises NotAllowed."""
    for begin in range(0, len(wanted), MOST_CHANGES):
        some = wanted[begin : begin + MOST_CHANGES]
        committed = service.commit([_change(line, state) for line, state in some])
        for (_, state), answer in zip(some, committed.answers, strict=True):
            if not isinstance(answer, Accepted):
                raise NotAllowed(f"{state.name} could not be restored: {answer.reason}")


def _change(last: Line, wanted: State) -> Change:
    found = wire.revision_of(last.entry, last.number, wanted)
    return Change(
        uuid.uuid4().hex, last.entry, last.number, found.entry, found.target, found.modified_ms
    )
