"""What the service has, heard from it and noted. Finds out when the service went back in time.

A backup that was restored has fewer changes, or others under the same numbers. What it lacks was
not deleted by anybody: see `docs/decisions/0037-rebuilding.md`.
"""

from collections.abc import Collection, Iterable

from sync.client.errors import CursorUnknown
from sync.client.ports import Accepted, Answer, Change, Committed, Page, Revision, Service
from sync.client.state import State
from sync.protocol.comparing import digits_of


class Hearing:
    """Brings what is `heard` up to date. `lacking` are contents that the service asks for again."""

    def __init__(self, state: State, service: Service) -> None:
        self._state, self._service = state, service
        self.lacking: set[str] = set()

    def catch_up(self) -> None:
        """Hear everything that there is to hear. Raises what is in `errors`."""
        if not self._state.fact("cursor"):
            self._compare()
        while True:
            since = self._state.cursor
            try:
                page = self._service.changes(since)
                self._must_go_on(page)
            except CursorUnknown:
                self._begin_anew()
                continue
            if page.revisions:
                self._hear(page)
            if page.is_last:
                self.lacking = set(page.lacking)
                return

    def note_answers(self, told: Collection[Revision]) -> None:
        """Remember how far answers to own changes told. Within a transaction."""
        last = max(told, key=lambda each: each.number, default=None)
        if last and last.number > int(self._state.fact("ahead") or 0):
            self._state.set_fact("ahead", str(last.number))
            self._state.set_fact("ahead is", _mark(last))

    def note_own(self, answered: Iterable[tuple[Change, Answer]], committed: Committed) -> None:
        """Pass own changes by, which need not be heard again. Within a transaction.

        Only where they follow the last that was heard, by number and key, with nobody's between.
        """
        keys = {each.number: change.key for change, each in answered if isinstance(each, Accepted)}
        since, last = self._state.cursor, max(keys, default=0)
        if sorted(keys) != list(range(since + 1, last + 1)) or keys.get(last) != committed.key:
            return
        if committed.since_key == self._state.fact("key") and (committed.since_key or not since):
            self._state.set_fact("cursor", str(last))
            self._state.set_fact("key", committed.key)

    def _must_go_on(self, page: Page) -> None:
        """Raises CursorUnknown where the journal is not the one that was heard, but restored.

        Its change at the cursor is another then, or what answers to own changes told of the time
        after it is not there.
        """
        heard, there = self._state.fact("key"), page.since_key
        if (heard and there and heard != there) or self._is_ahead_of(page):
            raise CursorUnknown("The service has other changes than were seen here.")

    def _is_ahead_of(self, page: Page) -> bool:
        """Whether the last change that an answer told of is not in the journal."""
        number = int(self._state.fact("ahead") or 0)
        if number <= self._state.cursor:
            return False
        found = [each for each in page.revisions if each.number == number]
        if not found:
            return page.is_last
        return _mark(found[0]) != self._state.fact("ahead is")

    def _hear(self, page: Page) -> None:
        with self._state.transaction():
            self._state.hear(page.revisions)
            self._state.set_fact("cursor", str(page.cursor))
            self._state.set_fact("key", page.key)
            self._state.set_fact("settled", "")

    def _begin_anew(self) -> None:
        """The service went back in time, as by a backup: what it lacks was not deleted."""
        with self._state.transaction():
            self._state.forget_agreed()
            self._state.forget_numbers()
            self._state.set_fact("cursor", "")
        self._compare()

    def _compare(self) -> None:
        """Hear whatever is not as it is known here, wherever that came from."""
        digests = self._state.digests()
        since, told = self._service.compare(digests)
        with self._state.transaction():
            self._state.hear_parts(told, digits_of(len(digests)))
            self._state.set_fact("cursor", str(since.number))
            self._state.set_fact("key", since.key)
            self._state.set_fact("ahead", "")
            self._state.set_fact("settled", "")


def _mark(revision: Revision) -> str:
    """What a change came to, whoever made it."""
    return repr((revision.identity, revision.entry, revision.target))
