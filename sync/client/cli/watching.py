"""`watch`: keep folders equal until it is stopped. A thread for each folder, each on its own."""

import signal
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from sync.client import roots
from sync.client.cli import interrupts
from sync.client.cli.copies import Opened, answered, connected, opened
from sync.client.cli.desk import Desk
from sync.client.cli.endings import Ending, ending_of
from sync.client.cli.rates import RATE
from sync.client.cli.rounds import WHERE, chosen, tell
from sync.client.engine import Report
from sync.client.errors import Busy, DiskFull, Offline, RootMissing, RootUnusable, SyncStopped
from sync.client.roots import Root
from sync.client.watch import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LOOK_SECONDS,
    Bell,
    drawn,
    ring_for_changes_here,
    ring_for_changes_there,
)

# What a thread gets to end in order. Whatever it is at, the next run makes it good.
ENDING_SECONDS = 5.0
PAUSED_SECONDS = 5.0
# How often is looked whether a disk has come back, or has room.
AWAY_SECONDS = 15.0
# How often is looked whether to stop.
STOPPED_SECONDS = 0.5


@click.command()
@click.argument("paths", nargs=-1, type=WHERE)
@click.option("--limit", type=RATE, default="0", envvar="MEDIASHARE_SYNC_LIMIT", help="As 2MB.")
@click.pass_obj
def watch(desk: Desk, paths: Sequence[Path], limit: int) -> int:
    """Keep folders equal as they change, until it is stopped."""
    stop = threading.Event()
    interrupts.listen([signal.SIGTERM, signal.SIGINT], stop.set)
    found = chosen(desk, paths, also_paused=True)
    if not found:
        raise click.UsageError("No folder is kept equal here. Begin with `clone` or `add`.")
    watchers = [Watcher(desk, root, stop, limit) for root in found]
    threads = [threading.Thread(target=each.run, daemon=True) for each in watchers]
    for thread in threads:
        thread.start()
    while not stop.wait(1) and any(thread.is_alive() for thread in threads):
        pass
    for thread in threads:
        thread.join(ENDING_SECONDS)
    return max(each.ending for each in watchers)


@dataclass
class Watcher:
    """One folder. `ending` is how it ended, when it did by itself."""

    desk: Desk
    root: Root
    stop: threading.Event
    limit: int
    ending: Ending = Ending.FINE
    cursor: int = 0
    has_synced: bool = False
    said: str = ""

    def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self.stop.is_set():
            try:
                with opened(self.desk, self.root, limit=self.limit) as copy:
                    self._keep_equal(copy)
                return
            except (Offline, Busy) as error:
                self.desk.screen.tell(f"{self.root.path}: {error} It is tried again.")
                pause = FIRST_PAUSE_SECONDS if self.has_synced else pause
                self.has_synced = False
                self.stop.wait(drawn(pause))
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            except (RootMissing, RootUnusable, DiskFull) as error:
                self._say_once(error)
                self.stop.wait(AWAY_SECONDS)
            except SyncStopped as error:
                ending, advice = ending_of(error) or (Ending.BROKEN, "")
                self.ending = ending
                self.desk.screen.warn(f"{self.root.path}: {error} {advice}".rstrip())
                return
            except Exception:
                # systemd starts it again, and the trace says what it was.
                self.ending = Ending.BROKEN
                raise

    def _say_once(self, error: SyncStopped) -> None:
        """A disk that is away or full may be so for long; it may also be mended at any moment."""
        if str(error) != self.said:
            self.said = str(error)
            self.desk.screen.warn(f"{self.root.path}: {error} It goes on when that has changed.")

    def _keep_equal(self, copy: Opened) -> None:
        bell, ended = Bell(), threading.Event()
        pause, before = FIRST_PAUSE_SECONDS, Report()
        named: Collection[str] | None = None
        self.cursor = copy.state.cursor
        # What was said to a process before was not said to what this one may ask.
        answered(self.root)
        try:
            self._listen(bell, ended)
            while not self.stop.is_set():
                if self._is_paused():
                    self.stop.wait(PAUSED_SECONDS)
                    named = None
                    continue
                report = copy.engine.sync(named=named, answer=answered(self.root))
                self.cursor, self.has_synced, self.said = copy.state.cursor, True, ""
                if report.done or _trouble(report) != _trouble(before):
                    tell(self.desk, copy, report)
                before = report
                named = bell.wait(pause if report.left else LOOK_SECONDS)
                pause = min(2 * pause, LOOK_SECONDS) if report.left else FIRST_PAUSE_SECONDS
        finally:
            ended.set()

    def _listen(self, bell: Bell, ended: threading.Event) -> None:
        for listener in (self._listen_here, self._listen_there, self._listen_for_the_end):
            threading.Thread(target=listener, args=(bell, ended), daemon=True).start()

    def _listen_here(self, bell: Bell, ended: threading.Event) -> None:
        trouble = ring_for_changes_here(self.root.path, bell, ended)
        if trouble:
            self.desk.screen.warn(
                f"{self.root.path} cannot be watched ({trouble})."
                f" It is looked at every {LOOK_SECONDS / 60:.0f} minutes."
            )

    def _listen_there(self, bell: Bell, ended: threading.Event) -> None:
        with connected(self.desk) as (_, connection):
            service = connection.service(self.root.folder)
            ring_for_changes_there(service, lambda: self.cursor, bell, ended)

    def _listen_for_the_end(self, bell: Bell, ended: threading.Event) -> None:
        while not ended.wait(STOPPED_SECONDS):
            if self.stop.is_set():
                bell.ring(())
                return

    def _is_paused(self) -> bool:
        now = datetime.now(UTC)
        known = next((r for r in roots.all_of(self.desk.home) if r.path == self.root.path), None)
        return known is None or known.is_paused(now)


def _trouble(report: Report) -> tuple[object, ...]:
    """What is said once, and not at each look."""
    return report.asks, report.problems, [(each.step.identity, each.reason) for each in report.left]
