"""What client and service say to each other of what was done in a folder. Values only."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from sync.protocol.messages import Milliseconds, Number


class Deeds(Struct, frozen=True, omit_defaults=True):
    """Changes that belong together: of one person, on one device, of one kind.

    `said` is it in words, without who did it. `entry` is the one that changed, when it was one;
    `place` the folder that it was in, empty for the root or where there were several.
    """

    said: str
    user: str
    name: str
    verb: Literal["added", "changed", "renamed", "moved", "deleted", "restored"]
    count: int
    first: Number
    last: Number
    began_ms: Milliseconds
    at_ms: Milliseconds
    device: str = ""
    device_name: str = ""
    entry: str = ""
    place: str = ""
    place_name: str = ""


class Happening(Struct, frozen=True):
    """What happened to the folder as such, or to its people. `name` is who did it."""

    said: str
    name: str
    at_ms: Milliseconds


class Activity(Struct, frozen=True):
    """The latest first. What is earlier is asked for with `before`; null when there is none."""

    deeds: Sequence[Deeds]
    happenings: Sequence[Happening]
    before: Number | None
