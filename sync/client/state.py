"""What a client remembers of one folder: what it saw here, what it heard from there, and `base`.

Only observations are kept, never work to do. All of it can be lost: looking again makes it good,
at the price of reading every file once. Nothing here decides anything.
"""

import json
import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, NamedTuple

from sync.client import trees
from sync.client.errors import DiskFull, RecordsBroken
from sync.client.ports import Revision
from sync.client.trees import KINDS, Trees, entry_of
from sync.planner.names import spelled
from sync.planner.tree import ROOT, Content, Entry, Identity, Kind, Place
from sync.protocol import comparing

# What the tables of another number held is looked at anew.
SCHEMA_NUMBER = 3
TABLES = ("seen", "heard", "base", "touched", "unwanted", "facts")
# By folder, since a look at the disk reads it folder by folder.
SCHEMA = """
create table if not exists seen (
    identity text not null, parent text not null, name text not null, kind text not null,
    inode integer not null, size_bytes integer not null, mtime_ns integer,
    is_executable integer not null, sha256 text not null, target text not null,
    modified_ms integer not null,
    primary key (parent, name)
) without rowid;
create unique index if not exists seen_identity on seen (identity);
create index if not exists seen_inode on seen (inode);
create table if not exists heard (
    identity text primary key, number integer not null, kind text, parent text, name text,
    sha256 text, size_bytes integer, is_executable integer, target text not null,
    modified_ms integer not null
) without rowid;
create index if not exists heard_place on heard (parent, name);
create table if not exists base (
    identity text primary key, kind text not null, parent text not null, name text not null,
    sha256 text, size_bytes integer, is_executable integer
) without rowid;
create table if not exists unwanted (identity text primary key) without rowid;
create table if not exists facts (name text primary key, value text not null) without rowid;
"""
KNOWN_IN = """
select name, identity, kind, inode, size_bytes, mtime_ns, is_executable from seen where parent = ?
"""
TAKEN = """
select seen.parent, name from json_each(?) join seen
    on seen.parent = json_extract(value, '$[0]') and name = json_extract(value, '$[1]')
"""
# With what is in a file or where a link leads to.
IN_ORDER = """
select identity, number, kind, parent, name, sha256, size_bytes, is_executable, target
from heard where kind is not null order by identity
"""


# What a look at a folder needs of an entry: its name, its identity, and the rest.
Known = tuple[Any, ...]
# Where in it that stands which a `Stat` is compared with.
STAT = slice(2, 7)


class Seen(NamedTuple):
    """An entry as it was last seen on the disk, under the name that the disk has for it.

    `sha256` is empty of a folder; `target` is what a symbolic link names. `mtime_ns` is None of a
    file to be read again: it may have changed since, unnoticed by its time. `modified_ms` is when
    it was modified, as others are told; 0 is not known.
    """

    identity: Identity
    parent: Identity
    name: str
    kind: Kind
    inode: int
    size_bytes: int = 0
    mtime_ns: int | None = 0
    is_executable: bool = False
    sha256: str = ""
    target: str = ""
    modified_ms: int = 0

    @property
    def stat(self) -> tuple[object, ...]:
        """What a system must still say of it, for it to be the same; compares with a `Stat`."""
        return self[3:8]

    @property
    def entry(self) -> Entry:
        """As the planner takes it."""
        content = None
        if self.kind != Kind.FOLDER:
            content = Content(self.sha256, self.size_bytes, bool(self.is_executable))
        return Entry(KINDS[self.kind], Place(self.parent, spelled(self.name)), content)


@contextmanager
def room() -> Iterator[None]:
    """Say in our words that there is no room for what is to be remembered."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise DiskFull("There is no room on this disk.") from error
        raise


class State:
    """One folder's memory. Every change of it happens within a `transaction`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._prepare()

    @classmethod
    def open(cls, path: str) -> "State":
        """Raises sqlite3.DatabaseError for a file that is none; it may be removed then."""
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.execute("pragma journal_mode = wal")
        # What was noted must not be older than the disk after a power cut: see `apply`.
        connection.execute("pragma synchronous = full")
        connection.execute("pragma cache_size = -16000")
        return cls(connection)

    @classmethod
    def copied(cls, path: str) -> "State":
        """What stands in a file now, in memory: nothing that is noted there is kept."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        with closing(sqlite3.connect(path, timeout=30)) as original:
            original.backup(copy)
        return cls(copy)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable at the end. Raises DiskFull where there is no room for it."""
        with room():
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    # What was seen here.

    def seen(self, identity: Identity) -> Seen | None:
        return self._one_seen("select * from seen where identity = ?", identity)

    def seen_of(self, identities: Collection[Identity]) -> dict[Identity, Seen]:
        """Those of these that were seen."""
        return {row[0]: Seen._make(row) for row in self._each("seen", "identity", identities)}

    def seen_at(self, parent: Identity, name: str) -> Seen | None:
        return self._one_seen("select * from seen where parent = ? and name = ?", parent, name)

    def taken(self, places: Collection[Place]) -> set[Place]:
        """Those of these places at which something was seen."""
        asked = json.dumps([(place.parent, place.name) for place in places])
        return {Place(*row) for row in self._db.execute(TAKEN, (asked,))}

    def seen_in(self, parent: Identity) -> dict[str, Known]:
        """What was seen in a folder, by name. A `Seen` of each would take as long as a look."""
        return {row[0]: row for row in self._db.execute(KNOWN_IN, (parent,))}

    def seen_with_inode(self, inode: int) -> list[Seen]:
        rows = self._db.execute("select * from seen where inode = ? order by identity", (inode,))
        return [Seen._make(row) for row in rows]

    def seen_with_content(self, digests: Collection[str]) -> dict[str, Seen]:
        """Some file that has these bytes, for each of them that is here. Looks at all files."""
        rows = self._db.execute(
            "select * from seen where kind = 'file' and sha256 in (select value from json_each(?))"
            " order by identity desc",
            (json.dumps(list(digests)),),
        )
        found = map(Seen._make, rows)
        return {each.sha256: each for each in found}

    def note_seen(self, seen: Iterable[Seen]) -> None:
        self._db.executemany(
            "insert or replace into seen values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", seen
        )

    def forget_seen(self, identities: Iterable[Identity]) -> None:
        """Forget entries, and everything in them."""
        waiting = list(identities)
        while waiting:
            identity = waiting.pop()
            inside = self._db.execute("select identity from seen where parent = ?", (identity,))
            waiting.extend(row[0] for row in inside)
            self._db.execute("delete from seen where identity = ?", (identity,))

    def call(self, old: Identity, new: Identity) -> None:
        """What was seen as `old` is known as `new`."""
        self._db.execute("update seen set identity = ? where identity = ?", (new, old))
        self._db.execute("update seen set parent = ? where parent = ?", (new, old))

    def path(self, identity: Identity) -> str:
        """Where on the disk an entry is, relative to the root. Raises KeyError, RecordsBroken."""
        return "/".join(each.name for each in reversed(self.way_to(identity)))

    def way_to(self, identity: Identity, known: Container[Identity] = ()) -> list[Seen]:
        """An entry and the folders that it is in, innermost first, up to one that is known.

        Raises KeyError where one was not seen, and RecordsBroken where they are in one another.
        """
        way: dict[Identity, Seen] = {}
        while identity != ROOT and identity not in known:
            seen = self.seen(identity)
            if seen is None:
                raise KeyError(identity)
            if identity in way:
                raise RecordsBroken("Of some folders is noted that they are in one another.")
            way[identity] = seen
            identity = seen.parent
        return list(way.values())

    def paths(self, identities: Collection[Identity]) -> dict[Identity, str]:
        """The same for many, but for those that are not on the disk."""
        folders: dict[Identity, str] = {ROOT: ""}
        found = {}
        for seen in self.seen_of(identities).values():
            with suppress(KeyError):
                if seen.parent not in folders:
                    folders[seen.parent] = f"{self.path(seen.parent)}/"
                found[seen.identity] = folders[seen.parent] + seen.name
        return found

    def _each(self, table: str, column: str, values: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """The rows that have one of these values."""
        # Tables and columns are this module's own.
        query = f"select {table}.* from json_each(?) join {table} on {column} = value"  # noqa: S608
        return self._db.execute(query, (json.dumps(list(values)),))

    def _one_seen(self, query: str, *values: object) -> Seen | None:
        found = self._db.execute(query, values).fetchone()
        return found and Seen._make(found)

    # What was heard from there.

    @property
    def cursor(self) -> int:
        """The number up to which the journal is known here."""
        return int(self.fact("cursor") or 0)

    def heard(self, identity: Identity) -> Revision | None:
        row = self._db.execute("select * from heard where identity = ?", (identity,)).fetchone()
        return row and _revision(row)

    def heard_of(self, identities: Collection[Identity]) -> dict[Identity, Revision]:
        """Those of these that were heard of."""
        return {row[0]: _revision(row) for row in self._each("heard", "heard.identity", identities)}

    def forget_numbers(self) -> None:
        """As if nobody knew since when the service has what it has: they are given anew there."""
        self._db.execute("update heard set number = 0")

    def is_heard_at(self, parent: Identity, name: str) -> bool:
        """Whether the service has something at a place."""
        query = "select 1 from heard where parent = ? and name = ? and kind is not null"
        return self._db.execute(query, (parent, name)).fetchone() is not None

    def hear(self, revisions: Iterable[Revision]) -> None:
        """Note what the service has, in the order of the journal."""
        self._db.executemany(
            "insert or replace into heard values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            map(_row, revisions),
        )

    def hear_parts(self, told: Iterable[int | Revision], digits: int) -> None:
        """Note the parts of the tree that the service has otherwise, and nothing else in them."""

        def inside() -> Iterator[Revision]:
            for each in told:
                if isinstance(each, Revision):
                    yield each
                else:
                    self._db.execute(
                        "delete from heard where identity >= ? and identity < ?",
                        comparing.bounds(each, digits),
                    )

        self.hear(inside())

    def digests(self) -> list[str]:
        """Of what is heard, a digest for each part of it, for the service to compare."""
        (count,) = self._db.execute("select count(*) from heard where kind is not null").fetchone()
        lines = ((row[0], _line(row)) for row in self._db.execute(IN_ORDER))
        return comparing.digests(lines, comparing.digits_for(count))

    def forget_deleted(self) -> None:
        """Forget what is not there any more; its number counts only while it may come back."""
        self._db.execute("delete from heard where kind is null")

    # What both agreed on.

    def agree(self, identity: Identity, entry: Entry | None) -> None:
        self.agree_on([(identity, entry)])

    def agree_on(self, agreed: Iterable[tuple[Identity, Entry | None]]) -> None:
        """The same for many."""
        known = list(agreed)
        self._db.executemany(
            "delete from base where identity = ?",
            [(identity,) for identity, entry in known if entry is None],
        )
        self._db.executemany(
            "insert or replace into base values (?, ?, ?, ?, ?, ?, ?)",
            [(identity, *_what(entry)) for identity, entry in known if entry is not None],
        )

    def forget_agreed(self) -> None:
        """As if both sides had never met: what only one of them has is new, and nothing is gone."""
        self._db.execute("delete from base")

    def forget_gone(self) -> None:
        """As if what only one side has had never been on the other: it is new, and not gone."""
        self._db.execute(
            "delete from base where identity not in (select identity from seen)"
            " or identity not in (select identity from heard where kind is not null)"
        )

    def agreed(self, identity: Identity) -> Entry | None:
        rows = self._db.execute("select * from base where identity = ?", (identity,))
        return next((entry_of(row) for row in rows), None)

    def trees(self) -> Trees:
        """Base, what is here, what is there. Entries that are equal are one object."""
        return trees.whole(self._db)

    def different(self) -> tuple[Trees, int]:
        """The part of them that a plan must look at, and how many files of base are not in it."""
        return trees.different(self._db)

    def forget_equal(self) -> None:
        """Look no more at what is the same on all sides, until something is noted of it."""
        trees.forget_equal(self._db)

    def is_stored(self, sha256: str, identity: Identity = "") -> bool:
        """Whether the service is known to have these bytes; `identity` is what may have them."""
        own = (
            "select 1 from heard where identity = ?1 and sha256 = ?2"
            " union all select 1 from base where identity = ?1 and sha256 = ?2"
        )
        # Seldom asked, since mostly they are known by the file's own identity.
        every = (
            "select 1 from heard where sha256 = ?2 union all select 1 from base where sha256 = ?2"
        )
        asked = (identity, sha256)
        return any(self._db.execute(query, asked).fetchone() for query in (own, every))

    # Facts, and folders that are not to be here.

    def fact(self, name: str) -> str:
        """Empty when it was never set."""
        found = self._db.execute("select value from facts where name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def set_fact(self, name: str, value: str) -> None:
        self._db.execute("insert or replace into facts values (?, ?)", (name, value))

    def unwanted(self) -> frozenset[Identity]:
        return frozenset(row[0] for row in self._db.execute("select identity from unwanted"))

    def want_all_but(self, identities: Iterable[Identity]) -> None:
        self._db.execute("delete from unwanted")
        self._db.executemany("insert into unwanted values (?)", [(each,) for each in identities])
        self.set_fact("settled", "")

    def _prepare(self) -> None:
        [number] = self._db.execute("pragma user_version").fetchone()
        if number not in {0, SCHEMA_NUMBER}:
            for table in TABLES:
                self._db.execute(f"drop table if exists {table}")
        self._db.execute("pragma recursive_triggers = on")
        self._db.executescript(SCHEMA + trees.SCHEMA)
        self._db.execute(f"pragma user_version = {SCHEMA_NUMBER}")


_NO = (None, None, None)


def _what(entry: Entry) -> tuple[object, ...]:
    """Kind, place and content, as columns."""
    place, content = entry.place, entry.content
    what = (content.sha256, content.size_bytes, content.is_executable) if content else _NO
    return entry.kind.value, place.parent, place.name, *what


def _row(revision: Revision) -> tuple[object, ...]:
    what = _what(revision.entry) if revision.entry else (*_NO, *_NO)
    return revision.identity, revision.number, *what, revision.target, revision.modified_ms


def _revision(row: tuple[Any, ...]) -> Revision:
    identity, number, *fields, target, modified_ms = row
    entry = entry_of((identity, *fields)) if fields[0] is not None else None
    return Revision(number, identity, entry, target, modified_ms)


def _line(row: tuple[Any, ...]) -> bytes:
    """An entry as the service has it in a digest. A link is known by its target alone."""
    *where, sha256, size_bytes, is_executable, target = row
    what = {"file": (sha256, size_bytes, is_executable), "link": (target,)}.get(row[2], ())
    return comparing.line(*where, *what)
