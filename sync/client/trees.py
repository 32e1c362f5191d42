"""The three trees of a plan, read from a client's records: all of them, or what may differ.

Whatever is noted of an entry on any side is remembered as touched, in the same transaction, until
all sides were seen to be the same. So a change in a folder of a million is found at once.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sync.planner.names import spelled
from sync.planner.tree import ROOT, Content, Entry, Identity, Kind, Place

Trees = tuple[dict[Identity, Entry], dict[Identity, Entry], dict[Identity, Entry]]

# By what a row says; asking the class for each takes as long as all the rest of an entry.
KINDS = {kind.value: kind for kind in Kind}
# Where more than this differs, or a large part of everything, it is faster to read all.
MANY, FEW, LARGE_PART = 20_000, 1_000, 0.25

# Needs recursive_triggers, or nobody hears of what was replaced.
_TOUCH = """
create trigger if not exists {table}_{verb}_touches_{row} after {verb} on {table} begin
    insert or ignore into touched values ({row}.identity);
end;
"""
TOUCHES = "".join(
    _TOUCH.format(table=table, verb=verb, row=row)
    for table in ("seen", "heard", "base")
    for verb, row in (("insert", "new"), ("update", "new"), ("update", "old"), ("delete", "old"))
)
SCHEMA = f"""
create table if not exists touched (identity text primary key) without rowid;
create index if not exists base_parent on base (parent);
{TOUCHES}
"""
# Whether an entry is as in base. Names are compared as they stand.
HERE_IS_BASE = """coalesce(
    base.kind = seen.kind and base.parent = seen.parent and base.name = seen.name
    and ifnull(base.sha256, '') = seen.sha256 and ifnull(base.size_bytes, 0) = seen.size_bytes
    and ifnull(base.is_executable, 0) = seen.is_executable, 0)"""
THERE_IS_BASE = """coalesce(
    base.kind = heard.kind and base.parent = heard.parent and base.name = heard.name
    and base.sha256 is heard.sha256 and base.size_bytes is heard.size_bytes
    and base.is_executable is heard.is_executable, 0)"""
# With what it is, so that it can be one object in all trees.
BASE = "select * from base where true"
HERE = f"""
select {HERE_IS_BASE}, identity, seen.kind, seen.parent, seen.name, seen.sha256, seen.size_bytes,
    seen.is_executable
from seen left join base using (identity) where true
"""  # noqa: S608  # Of names of columns alone.
THERE = f"""
select {THERE_IS_BASE}, identity, heard.kind, heard.parent, heard.name, heard.sha256,
    heard.size_bytes, heard.is_executable
from heard left join base using (identity) where heard.kind is not null
"""  # noqa: S608  # As above.
DIFFERENT = f"""
select identity from touched left join base using (identity) left join seen using (identity)
left join heard using (identity)
where (base.kind is not null or seen.kind is not null or heard.kind is not null)
    and not ({HERE_IS_BASE} and {THERE_IS_BASE})
"""  # noqa: S608  # As above.
FORGET_EQUAL = f"delete from touched where identity not in ({DIFFERENT})"  # noqa: S608  # As above.
FOLDERS_OF = """
select parent from base where identity = ?1 union select parent from seen where identity = ?1
union select parent from heard where identity = ?1 and kind is not null
"""
IS_FOLDER = """
select 1 from base where identity = ?1 and kind = 'folder'
union select 1 from seen where identity = ?1 and kind = 'folder'
union select 1 from heard where identity = ?1 and kind = 'folder'
"""
FOLDERS_IN = """
select identity from base where parent = ?1 and kind = 'folder'
union select identity from seen where parent = ?1 and kind = 'folder'
union select identity from heard where parent = ?1 and kind = 'folder'
"""
UNWANTED_HERE = "select 1 from unwanted join seen using (identity) limit 1"


def whole(db: sqlite3.Connection) -> Trees:
    """Base, what is here, what is there. Entries that are equal are one object."""
    base = {row[0]: entry_of(row) for row in db.execute(BASE)}
    return base, _shared(base, db.execute(HERE)), _shared(base, db.execute(THERE))


def different(db: sqlite3.Connection) -> tuple[Trees, int]:
    """What differs, everything in it, beside it and above it: as `planner.focus` has it.

    And how many files of base are not among this.
    """
    found = [row[0] for row in db.execute(DIFFERENT)]
    if _is_much(db, len(found)) or db.execute(UNWANTED_HERE).fetchone():
        return whole(db), 0
    trees = _part(db, _above(db, found) | _below(db, found))
    (files,) = db.execute("select count(*) from base where kind != 'folder'").fetchone()
    return trees, files - sum(entry.kind != Kind.FOLDER for entry in trees[0].values())


def _is_much(db: sqlite3.Connection, found: int) -> bool:
    if found <= FEW or found > MANY:
        return found > MANY
    (here,) = db.execute("select count(*) from seen").fetchone()
    return found > LARGE_PART * int(here)


def forget_equal(db: sqlite3.Connection) -> None:
    """What is the same on all sides is looked at no more, until it is touched again."""
    db.execute(FORGET_EQUAL)


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Of identity, kind, parent, name, SHA-256, size and flag."""
    _, kind, parent, name, sha256, size_bytes, is_executable = row
    content = None if kind == "folder" else Content(sha256, size_bytes, bool(is_executable))
    return Entry(KINDS[kind], Place(parent, name), content)


def _above(db: sqlite3.Connection, found: Iterable[Identity]) -> set[Identity]:
    """The folders that these are in, on any side, up to the root."""
    folders = {ROOT}
    waiting = list(found)
    while waiting:
        for (parent,) in db.execute(FOLDERS_OF, (waiting.pop(),)):
            if parent not in folders:
                folders.add(parent)
                waiting.append(parent)
    return folders


def _below(db: sqlite3.Connection, found: Iterable[Identity]) -> set[Identity]:
    """Those of these that are folders, and all folders in them."""
    folders: set[Identity] = set()
    waiting = [each for each in found if db.execute(IS_FOLDER, (each,)).fetchone()]
    while waiting:
        folder = waiting.pop()
        if folder not in folders:
            folders.add(folder)
            waiting.extend(row[0] for row in db.execute(FOLDERS_IN, (folder,)))
    return folders


def _part(db: sqlite3.Connection, folders: Collection[Identity]) -> Trees:
    base = {row[0]: entry_of(row) for row in _in(db, f"{BASE} and parent = ?", folders)}
    here = _shared(base, _in(db, f"{HERE} and seen.parent = ?", folders))
    return base, here, _shared(base, _in(db, f"{THERE} and heard.parent = ?", folders))


def _in(
    db: sqlite3.Connection, query: str, folders: Collection[Identity]
) -> Iterator[tuple[Any, ...]]:
    for folder in sorted(folders):
        yield from db.execute(query, (folder,))


def _shared(base: dict[Identity, Entry], rows: Iterable[tuple[Any, ...]]) -> dict[Identity, Entry]:
    """A tree of rows that say first whether they are as in base."""
    # Each row has a string of its own for its folder, which thousands have in common.
    folders: dict[Identity, Identity] = {}
    return {
        identity: base[identity]
        if is_same
        else entry_of((identity, kind, folders.setdefault(parent, parent), spelled(name), *content))
        for is_same, identity, kind, parent, name, *content in rows
    }
