"""A page of what was done in a folder: its journal's runs, and what happened to its people.

However much there is, a page is a handful of queries.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mediashare.accounts.models import Device
from sync.protocol.messages import File, Identity, Line, Revision
from sync.server.activity import deeds
from sync.server.activity.deeds import Deed, Run
from sync.server.browsing import moment
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderEvent

# Lines of the journal that a page is made of, at most.
LINES_AT_ONCE = 500
EVENTS_AT_ONCE = 200


@dataclass(frozen=True)
class Names:
    """What is known now of the entries and devices that deeds name."""

    entries: dict[Identity, Revision]
    devices: dict[str, str]

    def of(self, entry: Identity) -> str:
        """What it is called, or was called last."""
        found = self.entries.get(entry)
        return found.state.name if found else ""

    def can_open(self, entry: Identity) -> bool:
        """A deleted file still has its versions; a deleted folder shows nothing."""
        found = self.entries.get(entry)
        return found is not None and (not found.is_deleted or isinstance(found.state, File))


@dataclass(frozen=True)
class Activity:
    """The latest first. `before` is where the next page begins; None when there is none."""

    runs: Sequence[Run]
    events: Sequence[FolderEvent]
    names: Names
    before: int | None


def page(folder_id: UUID, *, before: int | None = None) -> Activity:
    """The changes with lower numbers than `before`, or the latest."""
    end = get_journal().head(folder_id) + 1
    end = end if before is None else min(before, end)
    first = max(1, end - LINES_AT_ONCE)
    # With the line at the end, which says until when the page reaches.
    lines = get_journal().since(folder_id, first - 1, limit=LINES_AT_ONCE + 1)
    later = [line for line in lines if line.number >= end]
    lines = [line for line in lines if line.number < end]
    runs = deeds.gathered(done(folder_id, lines))
    begin_ms = lines[0].at_ms if lines and first > 1 else None
    end_ms = later[0].at_ms if later and before is not None else None
    return Activity(
        runs=runs,
        events=_events(folder_id, begin_ms, end_ms),
        names=names(folder_id, [run.last for run in runs]),
        before=first if first > 1 else None,
    )


def done(folder_id: UUID, lines: Sequence[Line]) -> Iterator[Deed]:
    """What lines did, in their order. One query for what was before them."""
    bases = {line.base for line in lines if line.base}
    befores = {line.number: line for line in get_journal().lines(folder_id, bases)}
    for line in lines:
        if (deed := deeds.deed_of(line, befores.get(line.base))) is not None:
            yield deed


def names(folder_id: UUID, some: Collection[Deed]) -> Names:
    """What is known of the entries, places and devices of some deeds. Two queries."""
    found = get_journal().entries(
        folder_id, {deed.place for deed in some} - {""} | {deed.entry for deed in some}
    )
    devices = {deed.author.device for deed in some} - {""}
    known = Device.objects.filter(pk__in=devices).values_list("pk", "token__name")
    return Names({each.entry: each for each in found}, {str(pk): name for pk, name in known})


def _events(folder_id: UUID, begin_ms: int | None, end_ms: int | None) -> list[FolderEvent]:
    found = FolderEvent.objects.filter(folder=folder_id)
    if begin := _moment(begin_ms):
        found = found.filter(at__gte=begin)
    if end := _moment(end_ms):
        found = found.filter(at__lt=end)
    return list(found.order_by("-at")[:EVENTS_AT_ONCE])


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else moment(at_ms)
