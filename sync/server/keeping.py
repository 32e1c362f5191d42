"""Lets go of what a folder was longer ago than its owner wants to know. Twice is once.

Everything that the folder was at any moment since then is kept: the rest of its contents loses
the folder's hold, and the sweep of unused blobs frees their bytes and gives the room back. Lines of
the journal stay; only bytes go.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from sync.protocol.messages import File, State
from sync.server.journal import Journal
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob, HistoryEnd

LOOKED_AT_ONCE = 100
LOOKED_EVERY = timedelta(days=1)
# No commit is under way for so long: what was marked before is in use by lines, or not at all.
MARKED_FOR = timedelta(days=1)
AT_ONCE = 1_000


def expendable(held: Mapping[str, str], wanted: Iterable[State | None]) -> set[str]:
    """Of the contents that a folder holds, each with its list of chunks, those that may go.

    `wanted` is everything that it was since the beginning of its history. Pure.
    """
    spare = set(held)
    for state in wanted:
        if isinstance(state, File):
            spare.discard(state.sha256)
    return spare - {chunks for sha256, chunks in held.items() if sha256 not in spare}


def look_at_folders(*, now: datetime) -> int:
    """Let those go on of which the last look is a day ago; how many there were."""
    due = Folder.objects.exclude(history_end__looked_at__gt=now - LOOKED_EVERY)
    found = list(due.order_by("pk")[:LOOKED_AT_ONCE])
    for folder in found:
        look_at(folder, now=now)
    return len(found)


def look_at(folder: Folder, *, now: datetime) -> None:
    """Let go of what was marked a day ago; otherwise mark what is too old."""
    journal = get_journal()
    end, _ = HistoryEnd.objects.get_or_create(folder=folder)
    if end.marked_at is None:
        _mark(folder, end, journal, now)
    elif end.marked_at <= now - MARKED_FOR:
        _let_go(folder, end, journal)
    end.looked_at = now
    end.save()


def _mark(folder: Folder, end: HistoryEnd, journal: Journal, now: datetime) -> None:
    begins = folder.history_begins(now)
    number = journal.number_at(folder.pk, begins)
    if number <= end.number:
        # Nothing became too old: nothing was overtaken by these changes.
        return
    # Read first: what is committed while the tree is read is found among the lines, later.
    head = journal.head(folder.pk)
    used = FolderBlob.objects.filter(folder=folder, used_at__lt=begins)
    held = dict(used.values_list("sha256", "chunks").iterator())
    spare = expendable(held, _states_since(folder, number, journal))
    with transaction.atomic():
        for some in _batches(spare):
            FolderBlob.objects.filter(folder=folder, sha256__in=some).update(let_go_at=now)
        end.number, end.marked_head, end.marked_at = number, head, now
        end.save()


def _states_since(folder: Folder, number: int, journal: Journal) -> Iterator[State | None]:
    """Everything that the folder was after a change, and since."""
    for revision in journal.tree(folder.pk, at=number):
        yield revision.state
    yield from _named_after(folder, number, journal)


def _named_after(folder: Folder, number: int, journal: Journal) -> Iterator[State | None]:
    while lines := journal.since(folder.pk, number, limit=AT_ONCE):
        yield from (line.after for line in lines)
        number = lines[-1].number


def _let_go(folder: Folder, end: HistoryEnd, journal: Journal) -> None:
    """Whatever a commit names from the moment of marking on, it has taken back itself."""
    named = {
        state.sha256
        for state in _named_after(folder, end.marked_head, journal)
        if isinstance(state, File)
    }
    marked = FolderBlob.objects.filter(folder=folder, let_go_at__isnull=False)
    for some in _batches(named):
        rescued = marked.filter(sha256__in=some)
        lists = set(rescued.values_list("chunks", flat=True)) - {""}
        marked.filter(sha256__in=[*some, *lists]).update(let_go_at=None)
    # Asked once more by the statement itself: a commit may have begun to use one.
    marked.delete()
    end.marked_at = None


def _batches(digests: Collection[str]) -> Iterator[list[str]]:
    iterator = iter(digests)
    while some := list(islice(iterator, AT_ONCE)):
        yield some
