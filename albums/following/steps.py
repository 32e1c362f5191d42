"""What an album does about one file of the folder that it follows. Pure.

| shown before | in the folder now | then |
| --- | --- | --- |
| never | nothing | nothing |
| never | a picture | add |
| yes | nothing | take away |
| yes | with another name | name |
| yes | with other bytes | replace |
| taken away | nothing | nothing |
| taken away | a picture | bring back, then as above |
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

from albums.following.files import Picture


class Do(StrEnum):
    ADD = "add"
    TAKE_AWAY = "take away"
    BRING_BACK = "bring back"
    NAME = "name"
    REPLACE = "replace"


class Known(Protocol):
    """What an album remembers of a file."""

    name: str
    sha256: str
    is_there: bool


def steps(known: Known | None, found: Picture | None) -> Iterator[Do]:
    """What to do, in order; nothing when the album shows the file as it is."""
    if found is None:
        if known is not None and known.is_there:
            yield Do.TAKE_AWAY
        return
    if known is None:
        yield Do.ADD
        return
    if not known.is_there:
        yield Do.BRING_BACK
    if known.name != found.name:
        yield Do.NAME
    if known.sha256 != found.sha256:
        yield Do.REPLACE
