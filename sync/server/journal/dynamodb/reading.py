"""Looks up in the table what a decision has to know, and walks along an entry's lines.

Few requests, whatever is asked for: items are read a hundred at a time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from uuid import UUID

from mediashare.aws import dynamodb
from mediashare.aws.dynamodb import Item
from sync.planner.tree import ROOT
from sync.protocol.excerpt import Excerpt, Needs
from sync.protocol.messages import Identity, Line, Revision
from sync.server.journal import Mark
from sync.server.journal.dynamodb import items


def excerpt(folder_id: UUID, needs: Needs, held: Mapping[str, int]) -> Excerpt:
    """The part of the folder that some changes touch. Read the head before, and write on that."""
    found = Excerpt(held)
    places = {key for at in needs.places for key in items.named_place_keys(folder_id, *at)}
    keys = {items.key_key(folder_id, key) for key in needs.keys}
    wanted = needs.entries | needs.above | needs.emptied
    read = dynamodb.get([*places, *keys, *(items.entry_key(folder_id, each) for each in wanted)])
    _add_entries(found, (item for key, item in read.items() if key not in places | keys))
    occupants = {str(read[key]["entry"]) for key in places if key in read}
    _add_entries(found, _entries(folder_id, occupants - found.entries.keys()))
    _add_above(found, folder_id, needs.above)
    numbers = [items.number_in(read[key], "number_") for key in keys if key in read]
    found.lines.update({line.key: line for line in lines(folder_id, numbers)})
    return found


def lines(folder_id: UUID, numbers: Iterable[int]) -> list[Line]:
    """The lines with these numbers, in no order."""
    keys = [items.line_key(folder_id, number) for number in numbers]
    return [items.line_of(item) for item in dynamodb.get(keys).values()]


def lines_after(folder_id: UUID, number: int) -> Iterator[Line]:
    """The lines with higher numbers, in order, as they are being read."""
    last = number
    while True:
        partition = items.line_partition(folder_id, last + 1)
        for item in dynamodb.query(partition, first=items.line_place(last + 1)):
            line = items.line_of(item)
            yield line
            last = line.number
        if items.line_partition(folder_id, last + 1) == partition:
            return


def history(folder_id: UUID, entry: Identity, *, before: int | None) -> Iterator[Line]:
    """The lines of an entry, latest first. Each knows the number of the one before."""
    at = next((each.number for each in revisions(folder_id, [entry])), 0)
    while at:
        (line,) = lines(folder_id, [at])
        if before is None or line.number < before:
            yield line
        at = line.base


def inside(folder_id: UUID, parent: Identity) -> list[Identity]:
    """The identities of what is in a folder."""
    return [
        str(item["entry"])
        for is_folder in (True, False)
        for item in dynamodb.query(items.place_partition(folder_id, parent, is_folder=is_folder))
    ]


def page(folder_id: UUID, parent: Identity, begins: Sequence[Mark], limit: int) -> list[Revision]:
    """The first that are in a folder after one of these marks, then after the next."""
    found: list[Identity] = []
    for is_folder, name in begins:
        if len(found) < limit:
            partition = items.place_partition(folder_id, parent, is_folder=is_folder)
            # The place that comes next, whatever it is; of places this is the lowest.
            first = f"{items.name_place(name)}\0" if name else ""
            some = dynamodb.query(partition, first=first, at_once=limit - len(found))
            found += [str(item["entry"]) for item in islice(some, limit - len(found))]
    known = {each.entry: each for each in revisions(folder_id, found)}
    return [known[entry] for entry in found if not known[entry].is_deleted]


def deleted(folder_id: UUID, *, after: int, before: int | None) -> Iterator[Identity]:
    """The identities of what was deleted between two numbers and still is, the latest first."""
    last = items.line_place(before - 1) if before else ""
    partition, first = items.gone_partition(folder_id), items.line_place(after + 1)
    for item in dynamodb.query(partition, first=first, last=last, is_backwards=True):
        yield str(item["entry"])


def revisions(folder_id: UUID, entries: Collection[Identity]) -> list[Revision]:
    """These entries as they are, in no order."""
    return [items.revision_of(item) for item in _entries(folder_id, entries)]


def all_revisions(folder_id: UUID) -> Iterator[Revision]:
    """Every entry that there ever was, as it is now, by identity."""
    for shard in items.SHARDS:
        for item in dynamodb.query(items.entry_partition(folder_id, shard)):
            yield items.revision_of(item)


def as_of(folder_id: UUID, some: Sequence[Revision], at: int) -> Iterator[Revision]:
    """Of entries as they are now, those that were there after change `at`, as they were then."""
    yield from (each for each in some if each.number <= at and not each.is_deleted)
    younger = [each.number for each in some if each.number > at]
    while younger:
        # Each line knows the number of the entry's line before.
        read = lines(folder_id, younger)
        for line in read:
            if line.number <= at and line.after is not None:
                yield Revision(line.entry, line.number, line.after)
        younger = [line.base for line in read if line.number > at and line.base]


def _entries(folder_id: UUID, entries: Collection[Identity]) -> Iterable[Item]:
    return dynamodb.get([items.entry_key(folder_id, each) for each in entries]).values()


def _add_entries(found: Excerpt, read: Iterable[Item]) -> None:
    for item in read:
        revision = items.revision_of(item)
        found.add(revision)
        found.inside[revision.entry] = items.number_in(item, "inside")


def _add_above(found: Excerpt, folder_id: UUID, folders: Collection[Identity]) -> None:
    """Add all that these folders are in, a level at a time."""
    at = folders
    while at:
        above = {found.entries[each].state.parent for each in at if each in found.entries}
        _add_entries(found, _entries(folder_id, above - {ROOT} - found.entries.keys()))
        at = above - {ROOT}
