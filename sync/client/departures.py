"""Files on their way to the store: what is found to be new at once, and what steps wait for.

Most of what is found is sent in the end, and reading a large folder takes long. So what was read
is on its way while the rest is looked at. Bytes that no step asks for are named by no change, and
the service lets go of them.
"""

from collections.abc import Iterable, Iterator, Sequence

from sync.client.arrivals import content_of
from sync.client.ports import Disk, Outbox, Sent, Store, Upload
from sync.client.state import Seen, State
from sync.planner.plan import Step
from sync.protocol.transfers import LARGEST_PUT

# Of more files nothing is known of what became of them: that takes room, and here is enough to do.
MOST_AHEAD = 10_000
# As much as leave is asked for at once, or as one file that is sent in parts may have.
TOGETHER, TOGETHER_BYTES = 500, 64 * 2**20
UNSENT = "its bytes were not sent"


class Outgoing:
    """Files that are sent in one round, which ends by `stop`. The next one begins by itself."""

    def __init__(self, disk: Disk, state: State, store: Store) -> None:
        self._disk, self._state, self._store = disk, state, store
        self._begin()

    def _begin(self) -> None:
        self._outbox: Outbox | None = None
        # What is not on its way yet; how much was offered in all; what is ahead of its step.
        self._offered: list[Upload] = []
        self._offered_bytes = self._count = 0
        self._ahead: set[str] = set()
        self._sent: set[str] = set()

    def stop(self) -> None:
        """Let go of whatever is on its way, and of what is known of it."""
        if self._outbox:
            self._outbox.close()
        self._begin()

    def offer(self, path: str, seen: Seen, *, is_new: bool) -> None:
        """A file that was read, and is new or perhaps another than it was.

        Of a large one that was edited the plan knows what of it is there already.
        """
        if self._count == MOST_AHEAD or not (is_new or self._is_edited(seen)):
            return
        if seen.sha256 in self._ahead:
            return
        self._ahead.add(seen.sha256)
        self._offered.append(Upload(self._disk.absolute(path), seen.sha256, seen.size_bytes))
        self._offered_bytes += seen.size_bytes
        self._count += 1
        if len(self._offered) == TOGETHER or self._offered_bytes > TOGETHER_BYTES:
            self.send_offered()

    def _is_edited(self, seen: Seen) -> bool:
        if seen.size_bytes > LARGEST_PUT:
            return False
        before = self._state.seen(seen.identity)
        return before is not None and before.sha256 != seen.sha256

    def send_offered(self) -> None:
        """Let all that was offered be on its way."""
        self._add(self._offered)
        self._offered, self._offered_bytes = [], 0

    def sent(self, steps: Sequence[Step]) -> Iterator[tuple[Step, str]]:
        """Each step when its bytes are there, with the reason if they are not."""
        waiting: dict[Upload, list[Step]] = {}
        early: dict[str, list[tuple[Step, Upload]]] = {}
        for step, upload in self._uploads(steps):
            if upload.sha256 in self._sent:
                yield step, ""
            elif upload.sha256 in self._ahead:
                early.setdefault(upload.sha256, []).append((step, upload))
            else:
                waiting.setdefault(upload, []).append(step)
        self._add(list(waiting))
        results = self._results()
        while (waiting or early) and (outcome := next(results, None)):
            yield from self._after(outcome, waiting, early)
        for each in waiting.values():
            yield from ((step, UNSENT) for step in each)

    def _after(
        self,
        outcome: Sent,
        waiting: dict[Upload, list[Step]],
        early: dict[str, list[tuple[Step, Upload]]],
    ) -> Iterable[tuple[Step, str]]:
        sha256 = outcome.upload.sha256
        if sha256 not in self._ahead:
            return [(step, outcome.problem) for step in waiting.pop(outcome.upload)]
        self._ahead.discard(sha256)
        wanted = early.pop(sha256, [])
        if not outcome.problem:
            self._sent.add(sha256)
            return [(step, "") for step, _ in wanted]
        # It may have moved since it was read, or another file may have the same bytes.
        for step, upload in wanted:
            waiting.setdefault(upload, []).append(step)
        self._add([upload for _, upload in wanted])
        return ()

    def _uploads(self, steps: Sequence[Step]) -> Iterator[tuple[Step, Upload]]:
        paths = self._state.paths([step.identity for step in steps])
        for step in steps:
            content, path = content_of(step), paths.get(step.identity)
            before = step.before.content.sha256 if step.before and step.before.content else ""
            absolute = "" if path is None else self._disk.absolute(path)
            yield step, Upload(absolute, content.sha256, content.size_bytes, before)

    def _add(self, uploads: Sequence[Upload]) -> None:
        if uploads:
            self._outbox = self._outbox or self._store.outbox()
            self._outbox.add(uploads)

    def _results(self) -> Iterator[Sent]:
        return self._outbox.results() if self._outbox else iter(())
