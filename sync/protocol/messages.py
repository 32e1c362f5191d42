"""Entries, changes to them, and what is answered: as values, and as JSON. Nothing here decides.

An entry is made what it is by its identity, which outlives renaming and moving. Its version is
the number of the change that made it so; changes of one folder are numbered from 1, with no gap.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from sync.planner.tree import Kind

# What one request may carry.
MOST_CHANGES = 1_000
# The longest name that any system has: 255 UTF-16 units of three bytes each.
LONGEST_NAME_BYTES = 765
LONGEST_TARGET = 4096
LARGEST_FILE = 5 * 2**40

# UUID4 in hex, without dashes. A pattern alone would let a line break follow.
Identity = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
# The folder that an entry is in; empty for the root.
Parent = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$", max_length=32)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
Number = Annotated[int, Meta(ge=0, lt=2**53)]
Size = Annotated[int, Meta(ge=0, le=LARGEST_FILE)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME_BYTES)]
# Since 1970, UTC. Zero is not known.
Milliseconds = Annotated[int, Meta(ge=-(2**53), lt=2**53)]


class Folder(Struct, frozen=True, gc=False, tag=Kind.FOLDER.value, tag_field="kind"):
    parent: Parent
    name: Name


class File(
    Struct, frozen=True, gc=False, omit_defaults=True, tag=Kind.FILE.value, tag_field="kind"
):
    """`sha256` is hex, of the whole file. When it was modified is carried, and never compared."""

    parent: Parent
    name: Name
    sha256: Digest
    size_bytes: Size
    is_executable: bool = False
    modified_ms: Milliseconds = 0


class Link(Struct, frozen=True, gc=False, tag=Kind.LINK.value, tag_field="kind"):
    """A symbolic link. `target` is the path that it names, as it stands there."""

    parent: Parent
    name: Name
    target: Annotated[str, Meta(pattern=r"^[^\x00]*$", min_length=1, max_length=LONGEST_TARGET)]


# What an entry is: where it is, and what is in it.
State = File | Folder | Link


class Change(Struct, frozen=True, gc=False):
    """Make an entry be `after`, or with None: delete it.

    `base` is the number at which the sender knows it, 0 when it is new. `key` is the sender's own
    for this change: sent again with the same key, it is answered the same and done once.
    """

    key: Identity
    entry: Identity
    base: Number
    after: State | None


class Revision(Struct, frozen=True, gc=False, omit_defaults=True):
    """An entry as it is since change `number`. Of a deleted one, `state` is what it was."""

    entry: Identity
    number: Number
    state: State
    is_deleted: bool = False

    @property
    def now(self) -> State | None:
        """What it is; None when it is deleted."""
        return None if self.is_deleted else self.state


class Author(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who made a change: a user's id, the id of the device or nothing, and a name for people."""

    user: str
    name: str
    device: str = ""


class Line(Struct, frozen=True, gc=False):
    """One change as the journal keeps it. `base` is the number of the entry's line before."""

    number: Number
    entry: Identity
    base: Number
    after: State | None
    key: Identity
    author: Author
    at_ms: Milliseconds


class Accepted(Struct, frozen=True, gc=False, tag="accepted", tag_field="answer"):
    """It is so, since change `number`: this one, or an earlier one when nothing was to change."""

    number: Number


class Conflict(Struct, frozen=True, gc=False, tag="conflict", tag_field="answer"):
    """The entry is not at `base`, but at this; None when there never was one."""

    present: Revision | None


class Problem(StrEnum):
    """Why a change cannot be, whatever its base."""

    BAD_NAME = "bad-name"
    NO_PARENT = "no-parent"
    IN_ITSELF = "in-itself"
    NAME_TAKEN = "name-taken"
    NOT_EMPTY = "not-empty"
    OTHER_KIND = "other-kind"
    NO_BYTES = "no-bytes"
    KEY_REUSED = "key-reused"


class Refused(Struct, frozen=True, gc=False, omit_defaults=True, tag="refused", tag_field="answer"):
    """`occupant` is who has the name, when it is taken."""

    problem: Problem
    detail: str
    occupant: Revision | None = None


Answer = Accepted | Conflict | Refused


class Commit(Struct, frozen=True):
    """Changes to decide one after another, each seeing those before it."""

    changes: Annotated[Sequence[Change], Meta(max_length=MOST_CHANGES)]


class Committed(Struct, frozen=True, omit_defaults=True):
    """An answer for each change, in the same order, and the folder's last number.

    Of the accepted ones, `since_key` is the key of the change before the first, and `key` that of
    the last; empty when there is none. Who knows that all between are their own need not hear them.
    """

    answers: Sequence[Answer]
    head: Number
    since_key: str = ""
    key: str = ""


def stretch(answers: Sequence[Answer]) -> tuple[int, int]:
    """The number before the first that was accepted, and the last; zeros when there is none."""
    numbers = [each.number for each in answers if isinstance(each, Accepted)]
    return (min(numbers) - 1, max(numbers)) if numbers else (0, 0)


class Changes(Struct, frozen=True, omit_defaults=True):
    """The lines after a number, oldest first. More may follow while the last is below `head`.

    `lacking` are contents of files that were sent, and turned out to be other bytes or are gone.
    `since_key` is the key of the change that they follow, by which somebody finds out that it is
    not the one of that number which was heard before; empty when there is none.
    """

    lines: Sequence[Line]
    head: Number
    lacking: Sequence[Digest] = ()
    since_key: str = ""


def changes_after(
    since: int, lines: Sequence[Line], head: int, lacking: Sequence[Digest] = ()
) -> Changes:
    """What to answer to who knows change `since`; `lines` begin with that one, where it is."""
    if since and lines and lines[0].number == since:
        return Changes(lines[1:], head, lacking, lines[0].key)
    return Changes(lines, head, lacking)
