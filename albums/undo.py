"""What a person just deleted, remembered in the session so that one button brings it back.

Only ids are kept, and only the last few deletions; the trash has everything for longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.crypto import get_random_string

from albums.actions.succession import Succession

_KEY = "trashed"
_REMEMBERED = 5


@dataclass(frozen=True)
class Deletion:
    """What was put into the trash, and who took its places in albums, if anybody did."""

    items: list[UUID] = field(default_factory=list)
    succession: Succession | None = None


def remember_items(
    session: SessionBase, ids: Iterable[UUID], succession: Succession | None = None
) -> str:
    """The address that undoes putting these into the trash."""
    name = get_random_string(8)
    batches = [*session.get(_KEY, []), [name, [str(one) for one in ids], _written(succession)]]
    session[_KEY] = batches[-_REMEMBERED:]
    return reverse("albums:undo", args=[name])


def take_items(session: SessionBase, name: str) -> Deletion:
    """What was remembered under a name, once; nothing if it is too long ago."""
    batches = session.get(_KEY, [])
    session[_KEY] = [batch for batch in batches if batch[0] != name]
    for remembered, ids, succession in batches:
        if remembered == name:
            return Deletion([UUID(one) for one in ids], _read(succession))
    return Deletion()


def _written(succession: Succession | None) -> list[object] | None:
    if succession is None:
        return None
    covers = [[str(album), str(cover)] for album, cover in succession.covers.items()]
    return [str(succession.heir), [str(album) for album in succession.albums], covers]


def _read(written: list[object] | None) -> Succession | None:
    match written:
        case [str(heir), list(albums), list(covers)]:
            return Succession(
                UUID(heir),
                [UUID(album) for album in albums],
                {UUID(album): UUID(cover) for album, cover in covers},
            )
    return None
