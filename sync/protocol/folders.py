"""What client and service say to each other of folders as such. Values only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.messages import Number


class Overview(Struct, frozen=True):
    """What a client is told of the service.

    `waiting_url` goes before `/folders/…/changes` where it waits for changes. When that is empty,
    there is no such place, and it asks now and then.
    """

    waiting_url: str


class NewFolder(Struct, frozen=True):
    """A folder to make. Who makes it owns it."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


class FolderSummary(Struct, frozen=True, omit_defaults=True):
    """A folder as one member sees it. `head` is the number of its last change.

    One of the kind `album` holds what an album on the site shows, and is read by everybody alike.
    """

    id: str
    name: str
    role: Literal["owner", "editor", "reader"]
    owner: str
    head: Number
    created_at: datetime
    kind: Literal["folder", "album"] = "folder"


class Folders(Struct, frozen=True):
    """All folders that somebody is a member of, oldest first."""

    folders: Sequence[FolderSummary]


class TreeBegin(Struct, frozen=True):
    """The first line of a tree. What was committed after `head` may show in it or not."""

    head: Number


class TreeEnd(Struct, frozen=True):
    """The last line of a tree: how many entries there were. Without it, the tree is broken off."""

    count: int
