"""What pages show of a folder as it was: at which moments to look, and the way to an entry then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sync.planner.tree import ROOT, Identity
from sync.protocol.messages import Line, Revision
from sync.server.browsing import moment
from sync.server.journal.chosen import get_journal

# The changes among which moments are looked for, and how long one of them may pause.
LOOKED_THROUGH = 1_000
PAUSE_MS = 600_000


@dataclass(frozen=True)
class Stretch:
    """Changes that one person made without a long pause. The folder before them is worth a look."""

    first: Line
    last: Line
    count: int

    @property
    def before(self) -> int:
        return self.first.number - 1

    @property
    def at(self) -> datetime | None:
        return moment(self.first.at_ms)


def stretches(lines: Sequence[Line]) -> list[Stretch]:
    """Changes put together, the latest first. Pure."""
    found: list[Stretch] = []
    for line in lines:
        last = found[-1].last if found else None
        if last and last.author == line.author and line.at_ms - last.at_ms <= PAUSE_MS:
            found[-1] = Stretch(found[-1].first, line, found[-1].count + 1)
        else:
            found.append(Stretch(line, line, 1))
    return found[::-1]


def latest(folder_id: UUID, *, after: int) -> list[Stretch]:
    """Those of the last changes, none before a number."""
    journal = get_journal()
    start = max(after, journal.head(folder_id) - LOOKED_THROUGH)
    return stretches(journal.since(folder_id, start, limit=LOOKED_THROUGH))


def entry(folder_id: UUID, identity: Identity, *, at: int) -> Revision | None:
    """An entry as it was after a change; None when it was not there."""
    lines = get_journal().history(folder_id, identity, before=at + 1, limit=1)
    if not lines or lines[0].after is None:
        return None
    return Revision(identity, lines[0].number, lines[0].after)


def trail(folder_id: UUID, here: Revision, *, at: int) -> list[Revision]:
    """The folders that an entry was in then, outermost first."""
    return list(_above(folder_id, here, at))[::-1]


def _above(folder_id: UUID, here: Revision, at: int) -> Iterator[Revision]:
    parent = here.state.parent
    while parent != ROOT and (found := entry(folder_id, parent, at=at)):
        yield found
        parent = found.state.parent
