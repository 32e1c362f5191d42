"""What client and service say to each other of folders as such. Values only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.protocol.messages import Digest, Number

# Entries are compared in 16**MOST_DIGITS parts at most.
MOST_DIGITS = 3

# One line as people read it: with nothing unseen at its ends, and nothing that breaks the lines of
# a page or a mail, or turns the letters around it.
UNSEEN_LETTERS = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
ONE_LINE = rf"^(?!\s)[^{UNSEEN_LETTERS}]*[^\s{UNSEEN_LETTERS}](?![\s\S])"
FolderName = Annotated[str, Meta(pattern=ONE_LINE, max_length=100)]


class Overview(Struct, frozen=True):
    """What a client is told of the service.

    `waiting_url` goes before `/folders/…/changes` where it waits for changes. When that is empty,
    there is no such place, and it asks now and then.
    """

    waiting_url: str


class NewFolder(Struct, frozen=True):
    """A folder to make. Who makes it owns it."""

    name: FolderName


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


class Folders(Struct, frozen=True, omit_defaults=True):
    """Folders that somebody is a member of. `next` is where there are more: ask `after` that."""

    folders: Sequence[FolderSummary]
    next: str = ""


class TreeBegin(Struct, frozen=True, omit_defaults=True):
    """The first line of a tree. What was committed after `head` may show in it or not.

    `key` is of the change with that number, as `since_key` of `messages.Changes`.
    """

    head: Number
    key: str = ""


class TreeEnd(Struct, frozen=True):
    """The last line of a tree or comparison: how many stood between it and the first.

    Without it, the answer is broken off.
    """

    count: int


class Comparison(Struct, frozen=True, omit_defaults=True):
    """What somebody knows of a folder: a digest for each part, as `comparing` makes them.

    There are 1, 16, 256 or 4096 parts, by the first digits of identities. It is compared with what
    was there after change `at`, or without it, with what is there.
    """

    digests: Annotated[Sequence[Digest], Meta(min_length=1, max_length=16**MOST_DIGITS)]
    at: Number | None = None


class PartBegin(Struct, frozen=True, gc=False):
    """A part that is another than its digest says. All entries that are in it follow."""

    part: int
