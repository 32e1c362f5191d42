"""When to look again: at once when something happens here or there, and now and then anyway.

Notifications are hints alone. What they miss (a disk of the network, too many folders, a broken
connection) is found by the next full look. Nothing here syncs, and nothing here decides what to do.
"""

import os
import random
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sync.client.disk import all_below
from sync.client.errors import Busy, Offline, SyncStopped
from sync.client.ignore import OWN_FOLDER, RULES_NAME
from sync.client.ports import Service

# Whoever touches this file in the client's own folder wants a look at once.
WAKE = "wake"
# With one of these beside it they answer whatever is asked.
ANSWERS = {"yes": True, "no": False}
# A full look behind the notifications.
LOOK_SECONDS = 600.0
# When so many paths are waiting, a full look is as fast.
MOST_NAMED = 10_000
# Who saves a file writes several times; this long it must have been quiet.
QUIET_MS = 200
# The service holds a question open for so long.
WAIT_SECONDS = 50.0
# After trouble there is a wait, which doubles each time.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 300.0


@dataclass
class Bell:
    """Rung when there may be something to do; rings that nobody has heard are one.

    Who rings names the paths, relative to the root, that something has happened to here, or says
    by None that it may be anything.
    """

    _rung: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _named: set[str] | None = field(default_factory=set)

    def ring(self, named: Collection[str] | None) -> None:
        with self._lock:
            if named is None or self._named is None or len(self._named) > MOST_NAMED:
                self._named = None
            else:
                self._named.update(named)
            self._rung.set()

    def wait(self, seconds: float) -> Collection[str] | None:
        """What was named when it was rung, or after so many seconds anything."""
        is_rung = self._rung.wait(seconds)
        with self._lock:
            named, self._named = self._named, set()
            self._rung.clear()
        return named if is_rung else None


def ring_for_changes_here(root: str, bell: Bell, stop: threading.Event) -> str:
    """Ring for what the system says of a folder, until `stop`. Why it cannot, if it cannot."""
    try:
        try:
            for changes in _told([root], root, stop, recursive=True):
                bell.ring(_named(changes, root))
        except PermissionError:
            # Of one folder in it, or of one that a link leads to, since all links are followed.
            _ring_folder_by_folder(root, bell, stop)
    except OSError as error:
        return str(error)
    return ""


def _ring_folder_by_folder(root: str, bell: Bell, stop: threading.Event) -> None:
    """The same, for those folders that may be read, and not through links.

    Of what is in a new folder the system says nothing until it is asked anew. What happens
    meanwhile is found by a look at all.
    """
    while not stop.is_set():
        below = (each.path for each in all_below(root) if each.is_dir(follow_symlinks=False))
        folders = [root, str(Path(root, OWN_FOLDER)), *below]
        for changes in _told(folders, root, stop, recursive=False):
            if any(Path(path).is_dir() for path in changes):
                break
            bell.ring(_named(changes, root))
        bell.ring(None)


def _told(
    folders: Sequence[str], root: str, stop: threading.Event, *, recursive: bool
) -> Iterator[list[str]]:
    """Paths to which something happened, a few at a time. Raises OSError."""
    # Loaded only by who watches: it brings all of asyncio along.
    from watchfiles import watch  # noqa: PLC0415

    own, wake = str(Path(root, OWN_FOLDER)), str(Path(root, OWN_FOLDER, WAKE))
    for changes in watch(
        *folders,
        watch_filter=lambda _, path: path == wake or not f"{path}/".startswith(f"{own}/"),
        debounce=QUIET_MS,
        stop_event=stop,
        raise_interrupt=False,
        recursive=recursive,
        ignore_permission_denied=not recursive,
    ):
        yield [path for _, path in changes]


def _named(paths: Sequence[str], root: str) -> list[str] | None:
    """Paths relative to the root; None when any of them concerns more than itself."""
    if any(Path(path).name in {WAKE, RULES_NAME} or path == root for path in paths):
        return None
    return [os.path.relpath(path, root) for path in paths]


def ring_for_changes_there(
    service: Service, cursor: Callable[[], int], bell: Bell, stop: threading.Event
) -> None:
    """Ring when the journal goes on after `cursor`, and when it cannot be read, until `stop`."""
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        known = cursor()
        try:
            page = service.changes(known, wait_seconds=WAIT_SECONDS)
        except SyncStopped as error:
            if not isinstance(error, (Offline, Busy)):
                # The next sync meets the same: it makes it good, or says so and ends.
                bell.ring(())
            stop.wait(drawn(pause))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            continue
        pause = FIRST_PAUSE_SECONDS
        if page.revisions:
            bell.ring(())
            _wait_until_taken_in(cursor, known, stop)


def drawn(pause: float) -> float:
    """Something up to a pause: those that were cut off together do not come back together."""
    return pause * random.uniform(0.5, 1)  # noqa: S311


def _wait_until_taken_in(cursor: Callable[[], int], known: int, stop: threading.Event) -> None:
    """Do not ask again for what is being taken in."""
    for _ in range(round(WAIT_SECONDS / 0.1)):
        if cursor() != known or stop.wait(0.1):
            return
