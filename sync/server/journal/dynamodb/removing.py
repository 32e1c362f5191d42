"""Which items a folder has, in an order in which they can be deleted. Deletes none itself.

Each item comes before those by which it is found, so that whoever was interrupted begins anew.
"""

from collections.abc import Iterator
from uuid import UUID

from mediashare.aws import dynamodb
from mediashare.aws.dynamodb import Key
from sync.planner.tree import ROOT
from sync.protocol.messages import Folder
from sync.server.journal.dynamodb import items, reading


def keys_of(folder_id: UUID, *, head: int) -> Iterator[Key]:
    """All items of a folder with `head` changes, as they are being read."""
    yield from _places(folder_id)
    yield from _lines(folder_id, head)
    for revision in reading.all_revisions(folder_id):
        yield items.entry_key(folder_id, revision.entry)
    yield items.head_key(folder_id)


def _places(folder_id: UUID) -> Iterator[Key]:
    for parent in _parents(folder_id):
        for is_folder in (True, False):
            partition = items.place_partition(folder_id, parent, is_folder=is_folder)
            for item in dynamodb.query(partition):
                yield Key(partition, str(item["sk"]))


def _parents(folder_id: UUID) -> Iterator[str]:
    yield ROOT
    for revision in reading.all_revisions(folder_id):
        if isinstance(revision.now, Folder):
            yield revision.entry


def _lines(folder_id: UUID, head: int) -> Iterator[Key]:
    for first in range(0, head + 1, items.LINES_TOGETHER):
        for item in dynamodb.query(items.line_partition(folder_id, first)):
            line = items.line_of(item)
            yield items.key_key(folder_id, line.key)
            yield items.line_key(folder_id, line.number)
