"""The journal in PostgreSQL. Who commits to a folder holds the row of its head meanwhile.

A commit is a handful of statements, however many changes it has.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from sync.protocol.excerpt import Excerpt, Needs, decide_all, needs
from sync.protocol.messages import Answer, Author, Change, Identity, Line, Revision
from sync.server.journal import Mark, stretches
from sync.server.journal.columns import (
    ENTRY,
    LINE,
    STATE,
    as_moment,
    as_ms,
    entry_in_columns,
    line_in_columns,
    line_of,
    revision_of,
    state_of,
)
from sync.server.models import JournalEntry, JournalHead, JournalLine

STREAMED_AT_ONCE = 2_000

COLUMNS = ", ".join(f"entry.{name}" for name in ENTRY)
# Those who are at some places: one search of the index for each.
AT_PLACES = f"""
    SELECT {COLUMNS} FROM unnest(%s::text[], %s::text[]) AS wanted(parent, taken)
    JOIN sync_journalentry entry USING (parent, taken) WHERE entry.folder = %s
"""  # noqa: S608  # Of names of columns alone.
# Some folders and all that they are in.
WITH_ALL_ABOVE = f"""
    WITH RECURSIVE entry AS (
        SELECT * FROM sync_journalentry WHERE folder = %s AND entry = ANY(%s)
        UNION
        SELECT above.* FROM sync_journalentry above
        JOIN entry ON above.folder = entry.folder AND above.entry = entry.parent
    ) SELECT {COLUMNS} FROM entry
"""  # noqa: S608
# Those who were ever in a folder until then, each by its last line; who left it is left out.
AS_THEY_WERE = f"""
    SELECT entry.entry, entry.number, entry.name AS taken, {", ".join(STATE)}
    FROM (
        SELECT DISTINCT entry FROM sync_journalline
        WHERE folder = %s AND parent = %s AND number <= %s
    ) AS once CROSS JOIN LATERAL (
        SELECT * FROM sync_journalline line
        WHERE line.folder = %s AND line.entry = once.entry AND line.number <= %s
        ORDER BY line.number DESC LIMIT 1
    ) AS entry
    WHERE entry.parent = %s AND entry.kind <> ''
"""  # noqa: S608

# The order of `Journal.page`: an index of the entries has it, one for folders and one for the rest.
SMALL = 'lower(taken COLLATE "default") COLLATE "C"'
MARKED = 'lower(%s::text COLLATE "default") COLLATE "C"'
IS_FOLDER = {True: "kind = 'folder'", False: "kind <> 'folder'"}
PAGES = {
    is_folder: f"""
    SELECT {COLUMNS} FROM sync_journalentry entry
    WHERE folder = %s AND parent = %s AND taken IS NOT NULL AND {kind}
    AND ({SMALL}, taken) > ({MARKED}, %s) ORDER BY {SMALL}, taken LIMIT %s
"""  # noqa: S608
    for is_folder, kind in IS_FOLDER.items()
}

TYPES = {
    "number": "bigint",
    "base": "bigint",
    "at": "timestamptz",
    "size_bytes": "bigint",
    "is_executable": "boolean",
    "modified_ms": "bigint",
}


def _insertion(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f"%s::{TYPES.get(name, 'text')}[]" for name in columns)
    return f"INSERT INTO {table} (folder, {names}) SELECT %s, * FROM unnest({values})"  # noqa: S608


INSERT_LINES = _insertion("sync_journalline", LINE)
INSERT_ENTRIES = (
    f"{_insertion('sync_journalentry', ENTRY)} ON CONFLICT (folder, entry) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in ENTRY[1:])
)


class PostgresqlJournal:
    """What `sync.server.journal.Journal` says, in the service's own database."""

    @transaction.atomic
    def commit(
        self,
        folder_id: UUID,
        changes: Sequence[Change],
        *,
        author: Author,
        held: Mapping[str, int],
        now: datetime,
    ) -> list[Answer]:
        head, _ = JournalHead.objects.select_for_update().get_or_create(folder=folder_id)
        # A clock that was put back does not put the journal out of order.
        at_ms = max(as_ms(now), as_ms(head.at) if head.at else 0)
        excerpt = _excerpt(folder_id, needs(changes), held)
        answers, lines = decide_all(excerpt, changes, head=head.number, author=author, at_ms=at_ms)
        if lines:
            _write(folder_id, lines, excerpt)
            head.number, head.at = lines[-1].number, as_moment(at_ms)
            head.save(update_fields=["number", "at"])
        return answers

    def head(self, folder_id: UUID) -> int:
        found = JournalHead.objects.filter(folder=folder_id).values_list("number", flat=True)
        return found.first() or 0

    def heads(self, folder_ids: Collection[UUID]) -> dict[UUID, int]:
        found = JournalHead.objects.filter(folder__in=folder_ids)
        return dict.fromkeys(folder_ids, 0) | dict(found.values_list("folder", "number"))

    def number_at(self, folder_id: UUID, moment: datetime) -> int:
        lines = JournalLine.objects.filter(folder=folder_id, at__lte=moment)
        return lines.order_by("-at", "-number").values_list("number", flat=True).first() or 0

    def since(self, folder_id: UUID, number: int, *, limit: int) -> list[Line]:
        lines = JournalLine.objects.filter(folder=folder_id, number__gt=number)
        return [line_of(row) for row in lines.order_by("number").values_list(*LINE)[:limit]]

    def tree(self, folder_id: UUID, *, at: int | None = None) -> Iterator[Revision]:
        if at is not None:
            yield from _tree_as_it_was(folder_id, at)
            return
        entries = JournalEntry.objects.filter(folder=folder_id, taken__isnull=False)
        for row in _in_stretches(entries.order_by("entry").values_list(*ENTRY)):
            yield revision_of(row)

    def entry(self, folder_id: UUID, entry: Identity) -> Revision | None:
        found = JournalEntry.objects.filter(folder=folder_id, entry=entry)
        row = found.values_list(*ENTRY).first()
        return None if row is None else revision_of(row)

    def entries(self, folder_id: UUID, entries: Collection[Identity]) -> list[Revision]:
        found = JournalEntry.objects.filter(folder=folder_id, entry__in=entries)
        return [revision_of(row) for row in found.values_list(*ENTRY)]

    def lines(self, folder_id: UUID, numbers: Collection[int]) -> list[Line]:
        found = JournalLine.objects.filter(folder=folder_id, number__in=numbers)
        return [line_of(row) for row in found.values_list(*LINE)]

    def remove(self, folder_id: UUID) -> None:
        for rows in (JournalLine.objects, JournalEntry.objects, JournalHead.objects):
            rows.filter(folder=folder_id).delete()

    def deleted(
        self, folder_id: UUID, *, after: int, before: int | None = None, limit: int
    ) -> list[Revision]:
        found = JournalEntry.objects.filter(folder=folder_id, taken=None, number__gt=after)
        if before is not None:
            found = found.filter(number__lt=before)
        return [revision_of(row) for row in found.order_by("-number").values_list(*ENTRY)[:limit]]

    def children(
        self, folder_id: UUID, parent: Identity, *, at: int | None = None
    ) -> list[Revision]:
        if at is not None:
            return _found_by(AS_THEY_WERE, folder_id, parent, at, folder_id, at, parent)
        found = JournalEntry.objects.filter(folder=folder_id, parent=parent, taken__isnull=False)
        return [revision_of(row) for row in found.values_list(*ENTRY)]

    def page(
        self,
        folder_id: UUID,
        parent: Identity,
        *,
        after: Mark | None = None,
        limit: int,
        only_folders: bool = False,
    ) -> list[Revision]:
        found: list[Revision] = []
        for is_folder, name in stretches(after, only_folders=only_folders):
            left = limit - len(found)
            if left > 0:
                found += _found_by(PAGES[is_folder], folder_id, parent, name, name, left)
        return found

    def history(
        self, folder_id: UUID, entry: Identity, *, before: int | None = None, limit: int
    ) -> list[Line]:
        lines = JournalLine.objects.filter(folder=folder_id, entry=entry)
        if before is not None:
            lines = lines.filter(number__lt=before)
        return [line_of(row) for row in lines.order_by("-number").values_list(*LINE)[:limit]]


def _tree_as_it_was(folder_id: UUID, at: int) -> Iterator[Revision]:
    lines = JournalLine.objects.filter(folder=folder_id, number__lte=at)
    last = lines.order_by("entry", "-number").distinct("entry")
    for entry, number, *state in _in_stretches(last.values_list("entry", "number", *STATE)):
        if (found := state_of(state)) is not None:
            yield Revision(entry, number, found)


def _in_stretches(rows: QuerySet[Any, Any]) -> Iterator[Sequence[Any]]:
    """Rows in order of their first column, `entry`, by a query for each stretch.

    A cursor would have the database put all rows aside before it gave the first, or hold a
    transaction open for as long as somebody reads.
    """
    after = ""
    while some := list(rows.filter(entry__gt=after)[:STREAMED_AT_ONCE]):
        yield from some
        after = some[-1][0]


def _excerpt(folder_id: UUID, wanted: Needs, held: Mapping[str, int]) -> Excerpt:
    excerpt = Excerpt(held)
    entries = JournalEntry.objects.filter(folder=folder_id)
    for row in entries.filter(entry__in=wanted.entries).values_list(*ENTRY):
        excerpt.add(revision_of(row))
    for found in _found_by(AT_PLACES, *_columns(wanted), folder_id):
        excerpt.add(found)
    if wanted.above:
        for found in _found_by(WITH_ALL_ABOVE, folder_id, sorted(wanted.above)):
            excerpt.add(found)
    if wanted.emptied:
        inside = entries.filter(parent__in=wanted.emptied, taken__isnull=False)
        excerpt.inside.update(dict(inside.values_list("parent").annotate(Count("entry"))))
    lines = JournalLine.objects.filter(folder=folder_id, key__in=wanted.keys)
    for line in (line_of(row) for row in lines.values_list(*LINE)):
        excerpt.lines[line.key] = line
    return excerpt


def _columns(wanted: Needs) -> tuple[list[str], list[str]]:
    places = sorted(wanted.places)
    return [parent for parent, _ in places], [name for _, name in places]


def _found_by(query: str, *arguments: Any) -> list[Revision]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return [revision_of(row) for row in cursor.fetchall()]


def _write(folder_id: UUID, lines: Sequence[Line], excerpt: Excerpt) -> None:
    # What changed twice is written once, as it came out.
    changed = dict.fromkeys(line.entry for line in lines)
    _insert(INSERT_LINES, folder_id, [line_in_columns(line) for line in lines])
    _insert(
        INSERT_ENTRIES, folder_id, [entry_in_columns(excerpt.entries[each]) for each in changed]
    )


def _insert(query: str, folder_id: UUID, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows column by column, which saves making a model and a parameter of each value."""
    with connection.cursor() as cursor:
        cursor.execute(query, [folder_id, *map(list, zip(*rows, strict=True))])
