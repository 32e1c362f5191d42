"""`log`, `versions`, `conflicts`: what has happened in a folder. Changes nothing."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import click

from sync.client.cli.copies import remembered
from sync.client.cli.desk import Connection, Desk
from sync.client.cli.rounds import WHERE, chosen, one_of
from sync.client.cli.screen import size_text, time_text
from sync.client.disk import all_below
from sync.client.roots import Root, placed
from sync.client.state import State
from sync.planner.names import spelled
from sync.planner.tree import ROOT, Identity, Place
from sync.protocol.messages import File, Line

# What `sync.planner.names.beside` adds with an engine's remark: `notes (laptop, 2026-11-22).txt`.
COPY = re.compile(r" \((?P<device>[^()]+), (?P<day>\d{4}-\d\d-\d\d)(?: \d+)?\)(?=\.|$)")

MANY = click.option(
    "-n", "--lines", type=click.IntRange(min=1), default=20, show_default=True, help="How many."
)


@click.command()
@click.argument("path", required=False, type=WHERE)
@MANY
@click.pass_obj
def log(desk: Desk, path: Path | None, lines: int) -> None:
    """Show the last changes of the folder that PATH is in, newest first."""
    root = one_of(desk, path or Path.cwd())
    with remembered(desk, root) as (state, connection):
        shown = list(islice(connection.log(root.folder), lines))
        are_by_devices = any(line.author.device for line in shown)
        since = shown[-1].number if shown else 0
        devices = connection.devices(root.folder, since=since) if are_by_devices else {}
        places = Places(state, connection, root.folder)
        for line in shown:
            device = devices.get(line.author.device, "")
            by = f"{line.author.name} ({device})" if device else line.author.name
            place = places.of(line)
            done = "deleted" if line.after is None else "added" if line.base == 0 else "changed"
            desk.screen.show(f"{line.number:>6}  {time_text(_time(line))}  {by}: {done} {place}")
            desk.screen.data(path=place, do=done, entry=line.entry, device=device, **_facts(line))


@click.command()
@click.argument("path", type=WHERE)
@MANY
@click.pass_obj
def versions(desk: Desk, path: Path, lines: int) -> None:
    """Show the versions of the file at PATH, newest first. `restore` brings one back."""
    root = one_of(desk, path)
    with remembered(desk, root) as (state, connection):
        entry = entry_that_was_at(state, connection, root, path)
        for line in connection.history(root.folder, entry, limit=lines):
            size = size_text(line.after.size_bytes) if isinstance(line.after, File) else ""
            what = "deleted" if line.after is None else f"{line.after.name}  {size}".rstrip()
            desk.screen.show(
                f"{line.number:>6}  {time_text(_time(line))}  {line.author.name}  {what}"
            )
            desk.screen.data(entry=entry, **_facts(line))


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.pass_obj
def conflicts(desk: Desk, paths: Sequence[Path]) -> None:
    """List copies that were put beside files which were edited on two devices at once.

    Look at both, keep what you want in the one without the addition, and delete the other.
    """
    for root in chosen(desk, paths, also_paused=True):
        for place in sorted(map(Path, all_below(root.path))):
            found = COPY.search(place.name)
            if found is None:
                continue
            original = place.with_name(COPY.sub("", place.name))
            desk.screen.show(f"{place}  (of {found['device']}, {found['day']})")
            desk.screen.data(
                path=str(place),
                of=str(original) if original.exists() else None,
                device=found["device"],
                day=found["day"],
            )


def entry_at(state: State, root: Root, path: Path) -> Identity:
    """The identity of what is at a path. Raises UsageError."""
    at: Identity = ROOT
    for name in _inside(root, path).parts:
        found = state.seen_at(at, name)
        if found is None:
            raise click.UsageError(f"{path} is not known yet. `mediashare-sync sync` takes it in.")
        at = found.identity
    return at


def entry_that_was_at(state: State, connection: Connection, root: Root, path: Path) -> Identity:
    """The identity of what is at a path, or was the last there of what is deleted.

    Raises UsageError.
    """
    if path.exists() or path.is_symlink():
        return entry_at(state, root, path)
    place = _inside(root, path).as_posix()
    places = Places(state, connection, root.folder)
    deleted = set[Identity]()
    for line in connection.log(root.folder):
        if line.after is None:
            deleted.add(line.entry)
        elif line.entry in deleted:
            if line.after.name == spelled(path.name) and places.of(line) == spelled(place):
                return line.entry
            deleted.remove(line.entry)
    raise click.UsageError(f"No {place} is there, or was ever deleted.")


def _inside(root: Root, path: Path) -> Path:
    """Where in a folder a path is. Raises UsageError for the folder itself, which is no entry."""
    place = placed(path)
    if Path(root.path) not in place.parents:
        raise click.UsageError(
            f"{path} is the folder itself. Name something in it; as a whole it is put back on the"
            " site."
        )
    return place.relative_to(root.path)


class Places:
    """The paths that lines are about; of what is deleted the last one."""

    def __init__(self, state: State, connection: Connection, folder: str) -> None:
        self._state, self._connection, self._folder = state, connection, folder
        # What is deleted, as it was.
        self._gone: dict[Identity, Place | None] = {}

    def of(self, line: Line) -> str:
        at = Place(line.after.parent, line.after.name) if line.after else self._before(line.entry)
        names: list[str] = []
        passed = {line.entry}
        while at is not None:
            names.append(at.name)
            if at.parent == ROOT:
                return "/".join(reversed(names))
            if at.parent in passed:
                # Folders are in one another only by a broken record.
                break
            passed.add(at.parent)
            heard = self._state.heard(at.parent)
            at = heard.entry.place if heard and heard.entry else self._before(at.parent)
        return "/".join(["…", *reversed(names)])

    def _before(self, entry: Identity) -> Place | None:
        if entry not in self._gone:
            lines = self._connection.history(self._folder, entry, limit=2)
            after = next((each.after for each in lines if each.after is not None), None)
            self._gone[entry] = Place(after.parent, after.name) if after else None
        return self._gone[entry]


def _facts(line: Line) -> dict[str, object]:
    file = line.after if isinstance(line.after, File) else None
    return {
        "number": line.number,
        "at": _time(line),
        "by": line.author.name,
        "size_bytes": file.size_bytes if file else None,
        "sha256": file.sha256 if file else None,
    }


def _time(line: Line) -> datetime:
    return datetime.fromtimestamp(line.at_ms / 1000, UTC)
