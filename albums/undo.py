"""What a person just deleted, remembered in the session so that one button brings it back.

Only ids are kept, and only the last few deletions; the trash has everything for longer.
"""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.crypto import get_random_string

_KEY = "trashed"
_REMEMBERED = 5


def remember_items(session: SessionBase, ids: Iterable[UUID]) -> str:
    """The address that undoes putting these into the trash."""
    name = get_random_string(8)
    batches = [*session.get(_KEY, []), [name, [str(one) for one in ids]]]
    session[_KEY] = batches[-_REMEMBERED:]
    return reverse("albums:undo", args=[name])


def take_items(session: SessionBase, name: str) -> list[UUID]:
    """What was remembered under a name, once; nothing if it is too long ago."""
    batches = session.get(_KEY, [])
    session[_KEY] = [batch for batch in batches if batch[0] != name]
    return [UUID(one) for batch in batches if batch[0] == name for one in batch[1]]
