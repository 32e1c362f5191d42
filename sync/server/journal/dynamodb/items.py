"""Which items hold a folder's journal, and what is in them. Nothing is asked for here.

| item | partition | place in it | holds |
| --- | --- | --- | --- |
| head | folder | `head` | the last number and its time |
| line | folder, number ÷ 1,000 | number | one change |
| entry | folder, first digit of the identity | identity | how it is, how much is in it |
| place | folder, parent, whether it is a folder | name | who is there |
| key | folder, key | `key` | the number of the change that had it |

Everything is found by its key, or in order in a partition that its key names. Partitions are cut
so that what is written in a row goes to different ones.
"""

from typing import cast
from uuid import UUID

import msgspec

from mediashare.aws.dynamodb import Item, Key
from sync.protocol.messages import Folder, Identity, Line, Revision, State

LINES_TOGETHER = 1_000
SORTED_BYTES = 256
SHARDS = "0123456789abcdef"

_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(Line)
_revision_decoder = msgspec.json.Decoder(Revision)


def head_key(folder_id: UUID) -> Key:
    return Key(folder_id.hex, "head")


def line_key(folder_id: UUID, number: int) -> Key:
    return Key(line_partition(folder_id, number), line_place(number))


def line_partition(folder_id: UUID, number: int) -> str:
    return f"{folder_id.hex}#line#{number // LINES_TOGETHER}"


def line_place(number: int) -> str:
    """Places are sorted as text."""
    return f"{number:016d}"


def entry_key(folder_id: UUID, entry: Identity) -> Key:
    return Key(entry_partition(folder_id, entry[0]), entry)


def entry_partition(folder_id: UUID, shard: str) -> str:
    return f"{folder_id.hex}#entry#{shard}"


def place_key(folder_id: UUID, state: State) -> Key:
    """Where a state is."""
    partition = place_partition(folder_id, state.parent, is_folder=isinstance(state, Folder))
    return Key(partition, name_place(state.name))


def named_place_keys(folder_id: UUID, parent: Identity, name: str) -> list[Key]:
    """Where something of this name is, of either kind. The head sees to it that one is empty."""
    place = name_place(name)
    return [
        Key(place_partition(folder_id, parent, is_folder=each), place) for each in (True, False)
    ]


def place_partition(folder_id: UUID, parent: Identity, *, is_folder: bool) -> str:
    return f"{folder_id.hex}#{'folders' if is_folder else 'files'}#{parent}"


def name_place(name: str) -> str:
    """Sorted as people look for names: without regard to capitals, then by its bytes.

    A key may have 1,024 bytes and a name has up to 765, so of very long ones the beginning sorts.
    """
    small = name.lower().encode()[:SORTED_BYTES].decode(errors="ignore")
    return f"{small}\0{name}"


def gone_key(folder_id: UUID, number: int) -> Key:
    """What was deleted by a change, for as long as it is."""
    return Key(gone_partition(folder_id), line_place(number))


def gone_partition(folder_id: UUID) -> str:
    return f"{folder_id.hex}#gone"


def key_key(folder_id: UUID, key: Identity) -> Key:
    return Key(f"{folder_id.hex}#key#{key}", "key")


def line_item(line: Line) -> Item:
    return {"line": _encoder.encode(line)}


def line_of(item: Item) -> Line:
    return _line_decoder.decode(cast(bytes, item["line"]))


def entry_item(revision: Revision) -> Item:
    """What the item of an entry is set to; how much is in it is added up."""
    return {
        "version": revision.number,
        "revision": _encoder.encode(revision),
        "takes_more": isinstance(revision.now, Folder),
    }


def revision_of(item: Item) -> Revision:
    return _revision_decoder.decode(cast(bytes, item["revision"]))


def number_in(item: Item | None, name: str) -> int:
    """A number in an item; 0 when there is no such item, or no such number."""
    return int(cast(int, (item or {}).get(name, 0)))
