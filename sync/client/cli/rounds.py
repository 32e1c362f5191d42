"""`sync`, `plan`, `status`: make folders equal, or say what that would take."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from sync.client import roots
from sync.client.cli.copies import Opened, opened, opened_to_plan, wake
from sync.client.cli.desk import Desk
from sync.client.cli.endings import Ending, ending_of
from sync.client.cli.progress import shown
from sync.client.cli.rates import RATE
from sync.client.cli.telling import (
    counts_of,
    counts_to_do,
    facts_of,
    line_of,
    outlook,
    path_of,
    summary,
)
from sync.client.engine import Report
from sync.client.errors import AlreadyRunning, SyncStopped
from sync.client.roots import Root

# What may not be read is said in other words than click's, and with another ending.
WHERE = click.Path(path_type=Path, readable=False)
ADVICE = "`mediashare-sync sync --yes` does so; with `--no` they come back."
# A full quota leaves thousands of files, and cron mails each line.
MOST_TOLD = 50


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.option(
    "--yes/--no",
    "answer",
    default=None,
    help="When most of a folder would go: remove it everywhere, or bring back what is gone.",
)
@click.option("--limit", type=RATE, default="0", envvar="MEDIASHARE_SYNC_LIMIT", help="As 2MB.")
@click.pass_obj
def sync(desk: Desk, paths: Sequence[Path], *, answer: bool | None, limit: int) -> int:
    """Make all folders on this computer equal, or those at PATHS, and end.

    What is removed here goes into `.mediashare/trash` for 30 days.
    """
    return sync_roots(desk, chosen(desk, paths), answer=answer, limit=limit)


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.pass_obj
def plan(desk: Desk, paths: Sequence[Path]) -> None:
    """Show what `sync` would do, with reasons. Changes nothing."""
    for root in chosen(desk, paths):
        with opened_to_plan(desk, root) as copy:
            found, problems = copy.engine.plan()
            desk.screen.show(f"{root.path}: {outlook(found)}")
            for step in found.steps:
                desk.screen.show(f"  {line_of(copy.state, step)}")
            problems |= {path_of(copy.state, each): why for each, why in found.problems.items()}
            for path, why in problems.items():
                desk.screen.show(f"  left out      {path}  ({why})")
            if found.asks:
                desk.screen.show(f"  {found.asks} {ADVICE}")
            steps = [facts_of(copy.state, step) for step in found.steps]
            desk.screen.data(path=root.path, steps=steps, problems=problems, asks=found.asks)


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.pass_obj
def status(desk: Desk, paths: Sequence[Path]) -> int:
    """Say of each folder whether it is equal. Changes nothing."""
    found = chosen(desk, paths, also_paused=True)
    if not found:
        desk.screen.show("No folder is kept equal here. See `mediashare-sync clone` and `add`.")
    return max((_show_status(desk, root) for root in found), default=Ending.FINE)


def _show_status(desk: Desk, root: Root) -> int:
    paused = "  (paused)" if root.is_paused(datetime.now(UTC)) else ""
    try:
        with opened_to_plan(desk, root) as copy:
            found, problems = copy.engine.plan()
    except SyncStopped as error:
        desk.screen.show(f"{root.path}  “{root.name}”  {error}{paused}")
        desk.screen.data(path=root.path, folder=root.folder, error=str(error))
        ending = ending_of(error)
        return ending[0] if ending else Ending.BROKEN
    left_out = len(problems) + len(found.problems)
    note = f", {left_out} left out" if left_out else ""
    running = "  (watched by another process)" if copy.is_beside else ""
    desk.screen.show(f"{root.path}  “{root.name}”  {outlook(found)}{note}{paused}{running}")
    if found.asks:
        desk.screen.show(f"  {found.asks} {ADVICE}")
    desk.screen.data(
        path=root.path,
        folder=root.folder,
        name=root.name,
        paused=bool(paused),
        running=copy.is_beside,
        to_do=counts_to_do(found),
        left_out=left_out,
        asks=found.asks,
    )
    return Ending.FINE


def chosen(desk: Desk, paths: Sequence[Path], *, also_paused: bool = False) -> list[Root]:
    """The folders at these paths; without any, all that are not paused."""
    now = datetime.now(UTC)
    if not paths:
        every = roots.all_of(desk.home)
        return [root for root in every if also_paused or not root.is_paused(now)]
    return [one_of(desk, path) for path in paths]


def one_of(desk: Desk, path: Path) -> Root:
    """The folder that a path is in."""
    root = roots.holding(desk.home, roots.placed(path)) or roots.holding(desk.home, path.resolve())
    if root is None:
        raise click.UsageError(f"{path} is in no folder that is kept equal here.")
    return root


def sync_roots(
    desk: Desk, chosen_roots: Iterable[Root], *, answer: bool | None = None, limit: int = 0
) -> int:
    """Sync one after another; trouble with one does not keep the others. The worst ending."""
    worst = Ending.FINE
    for root in chosen_roots:
        try:
            if answer is None:
                ending = _sync_one(desk, root, answer=None, limit=limit)
            else:
                ending = sync_or_wake(desk, root, answer=answer, limit=limit)
        except SyncStopped as error:
            known = ending_of(error) or (Ending.BROKEN, "")
            ending, advice = known
            desk.screen.warn(f"{root.path}: {error} {advice}".rstrip())
            desk.screen.data(path=root.path, error=str(error))
        worst = max(worst, ending)
    return worst


def sync_or_wake(desk: Desk, root: Root, *, answer: bool | None = None, limit: int = 0) -> Ending:
    """Sync one, or have the process do it that is watching it. That hears the answer too."""
    try:
        return _sync_one(desk, root, answer=answer, limit=limit)
    except AlreadyRunning:
        wake(root, answer=answer)
        desk.screen.tell(f"{root.path}: the process that watches it goes on with it.")
        return Ending.FINE


def _sync_one(desk: Desk, root: Root, *, answer: bool | None, limit: int) -> Ending:
    with ExitStack() as looking:
        meter = looking.enter_context(shown(root.name, is_watched=desk.screen.has_bars))
        with opened(desk, root, limit=limit, meter=meter) as copy:
            report = copy.engine.sync(answer=answer)
            # The bar goes before anything is said, or both would be on one line.
            looking.close()
            return tell(desk, copy, report)


def tell(desk: Desk, copy: Opened, report: Report) -> Ending:
    """Say what became of a sync."""
    screen, path = desk.screen, copy.root.path
    left = [{**facts_of(copy.state, each.step), "why": each.reason} for each in report.left]
    screen.data(
        path=path,
        done=counts_of(report.done),
        left=left,
        problems=report.problems,
        asks=report.asks,
        equal=report.is_settled,
        moved_bytes=copy.traffic.taken(),
    )
    if report.asks:
        screen.warn(f"{path}: {report.asks} Nothing was done. {ADVICE}")
        return Ending.ASKS
    screen.tell(f"{path}: {summary(report)}.")
    troubles = [f"{each['path']} was left: {each['why'].rstrip('.')}." for each in left]
    troubles += [f"{name} is left out: {why}." for name, why in report.problems.items()]
    for trouble in troubles[:MOST_TOLD]:
        screen.warn(f"{path}: {trouble}")
    if len(troubles) > MOST_TOLD:
        screen.warn(f"{path}: {len(troubles) - MOST_TOLD:,} more; with --json all are named.")
    return Ending.IN_PART if left or report.problems else Ending.FINE
