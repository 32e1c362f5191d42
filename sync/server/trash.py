"""What pages show of what was deleted from a folder. Asks nobody whether they may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sync.planner.tree import ROOT, Identity
from sync.protocol.messages import Line, Revision
from sync.server.browsing import Row, moment
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder

SHOWN = 100
READ_AT_ONCE = 500
# Of a folder that was deleted with a million files, one page does not look through all of them.
MOST_READ = 20_000


@dataclass(frozen=True)
class Gone(Row):
    """Something that was deleted, by which change, and the name of the folder it was in."""

    line: Line
    where: str

    @property
    def at(self) -> datetime | None:
        return moment(self.line.at_ms)


class Page(NamedTuple):
    """Some of what was deleted, and before which change the next page begins; None at the end."""

    rows: list[Gone]
    next_before: int | None


def page(folder: Folder, *, before: int | None, now: datetime) -> Page:
    """What was deleted and is kept, the latest first; what went with its folder, is in that."""
    journal = get_journal()
    after = journal.number_at(folder.pk, folder.history_begins(now))
    found: list[tuple[Revision, str]] = []
    read = 0
    while len(found) < SHOWN and read < MOST_READ:
        some = journal.deleted(folder.pk, after=after, before=before, limit=READ_AT_ONCE)
        if not some:
            return Page(_described(folder.pk, found), None)
        fresh = list(_outermost(folder.pk, some))
        found += fresh[: SHOWN - len(found)]
        read += len(some)
        before = found[-1][0].number if len(found) == SHOWN else some[-1].number
    return Page(_described(folder.pk, found), before)


def _outermost(folder_id: UUID, some: list[Revision]) -> Iterator[tuple[Revision, str]]:
    """Those whose folder is still there, with its name."""
    parents = {each.state.parent for each in some} - {ROOT}
    above = {each.entry: each for each in get_journal().entries(folder_id, parents)}
    for each in some:
        inside: Identity = each.state.parent
        if inside == ROOT:
            yield each, ""
        elif inside in above and not above[inside].is_deleted:
            yield each, above[inside].state.name


def _described(folder_id: UUID, found: list[tuple[Revision, str]]) -> list[Gone]:
    lines = get_journal().lines(folder_id, [each.number for each, _ in found])
    by_number = {line.number: line for line in lines}
    return [Gone(each, by_number[each.number], where) for each, where in found]
