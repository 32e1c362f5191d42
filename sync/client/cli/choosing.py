"""`pause`, `resume`, `ignore`, `selective`: what is kept equal, and when."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec

from sync.client import roots
from sync.client.cli.copies import remembered
from sync.client.cli.desk import Desk
from sync.client.cli.rounds import WHERE, chosen, one_of, sync_or_wake
from sync.client.ignore import RULES_NAME
from sync.client.state import State
from sync.planner.tree import Identity, Kind, children, path_of

# Ten years; who wants more wants no end.
LONGEST_HOURS = 10 * 366 * 24


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.option(
    "--hours",
    type=click.FloatRange(0, LONGEST_HOURS, min_open=True),
    help="Go on by itself after so many.",
)
@click.pass_obj
def pause(desk: Desk, paths: Sequence[Path], hours: float | None) -> None:
    """Leave folders alone for a while: all of them, or those at PATHS."""
    until = datetime.now(UTC) + timedelta(hours=hours) if hours else roots.FOREVER
    for root in chosen(desk, paths, also_paused=True):
        roots.put(desk.home, msgspec.structs.replace(root, paused_until=until))
        desk.screen.tell(f"{root.path} is paused. `mediashare-sync resume` goes on.")


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.pass_obj
def resume(desk: Desk, paths: Sequence[Path]) -> None:
    """Go on with folders that were paused. The next `sync` or `watch` does."""
    for root in chosen(desk, paths, also_paused=True):
        roots.put(desk.home, msgspec.structs.replace(root, paused_until=None))


@click.command()
@click.argument("patterns", nargs=-1)
@click.option("--in", "path", type=WHERE, default=Path(), help="A folder; here, if not given.")
@click.pass_obj
def ignore(desk: Desk, patterns: Sequence[str], path: Path) -> None:
    """Leave out what is new and matches PATTERNS, as .gitignore has them; show all, without any.

    They stand in `.mediashareignore`, which is synced like any file. What is in the folder already
    stays in it.
    """
    file = Path(one_of(desk, path).path, RULES_NAME)
    try:
        # As the scanner reads it. What somebody wrote there is added to, and never written anew.
        text = file.read_bytes().decode(errors="replace") if os.path.lexists(file) else ""
        lines = text.splitlines()
        added = [pattern for pattern in patterns if pattern not in lines]
        if added:
            is_open = bool(text) and not text.endswith("\n")
            with file.open("a", encoding="utf-8") as rules:
                rules.write("\n" * is_open + "\n".join(added) + "\n")
    except OSError as error:
        raise click.UsageError(f"{file} cannot be used: {error.strerror}.") from error
    for line in [*lines, *added]:
        desk.screen.show(line)
    desk.screen.data(file=str(file), patterns=[*lines, *added])


@click.command()
@click.argument("path", type=WHERE, default=Path())
@click.option("--without", multiple=True, help="A sub-folder that is not to be here.")
@click.option("--only", multiple=True, help="No others than these are to be here.")
@click.option("--all", "wants_all", is_flag=True, help="All are to be here.")
@click.pass_obj
def selective(
    desk: Desk, path: Path, without: Sequence[str], only: Sequence[str], *, wants_all: bool
) -> int:
    """Choose which sub-folders are on this computer; without options, show which are.

    What is not to be here goes into the trash here, and stays on the site and everywhere else.
    """
    root = one_of(desk, path)
    with remembered(desk, root) as (state, _):
        known = _folders(state)
        if not (without or only or wants_all):
            _show(desk, state, known)
            return 0
        unwanted = set() if wants_all or only else set(state.unwanted())
        unwanted |= {_identity(known, each) for each in without}
        if only:
            wanted = {_identity(known, each) for each in only}
            unwanted |= {known[each] for each in known if "/" not in each} - wanted
        with state.transaction():
            state.want_all_but(unwanted)
            state.set_fact("settled", "")
    return sync_or_wake(desk, root)


def _folders(state: State) -> dict[str, Identity]:
    """All folders of the service, by path."""
    there = state.trees()[2]
    inside = children(there)
    return {
        "/".join(path_of(there, each)): each
        for folder in inside.values()
        for each in folder
        if there[each].kind == Kind.FOLDER
    }


def _identity(known: dict[str, Identity], path: str) -> Identity:
    try:
        return known[path.strip("/")]
    except KeyError as error:
        raise click.UsageError(f"There is no folder {path} in it.") from error


def _show(desk: Desk, state: State, known: dict[str, Identity]) -> None:
    unwanted = state.unwanted()
    left_out = {path for path, each in known.items() if each in unwanted}
    for path in sorted(known):
        here = not any(path == each or path.startswith(f"{each}/") for each in left_out)
        desk.screen.show(f"{'here' if here else 'not here':<9} {path}/")
        desk.screen.data(path=path, here=here)
