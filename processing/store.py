"""Keep renditions in their bucket, under keys that follow from blob and recipe.

Doing a job twice writes the same keys with the same pictures, so nothing is ever left over.
"""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from django.core.files import File
from django.core.files.storage import default_storage

from mediashare.aws.client import calling
from mediashare.storage.models import Blob
from processing import leftovers
from processing.models import Ladder, Rendition
from processing.recipes import motion, pictures, previews, tracks


class Kind(NamedTuple):
    """What renditions of one kind have in common."""

    role: Rendition.Role
    content_type: str
    extension: str
    version: int


PICTURE = Kind(Rendition.Role.IMAGE, "image/jpeg", "jpg", pictures.VERSION)
MOTION = Kind(Rendition.Role.MOTION, "video/mp4", "mp4", motion.VERSION)
PREVIEW = Kind(Rendition.Role.PREVIEW, "video/mp4", "mp4", previews.VERSION)
STORYBOARD = Kind(Rendition.Role.STORYBOARD, "image/jpeg", "jpg", previews.VERSION)


def keep(kind: Kind, blob: Blob, path: Path, *, recipe: str, size: tuple[int, int]) -> Rendition:
    """Store a file of so many pixels across and down; its row, not yet saved.

    Raises mediashare.aws.client.Unavailable.
    """
    key = pictures.key(blob.pk, recipe, kind.version, kind.extension)
    size_bytes = _send(path, key)
    return Rendition(
        blob=blob,
        role=kind.role,
        recipe=recipe,
        version=kind.version,
        key=key,
        content_type=kind.content_type,
        width=size[0],
        height=size[1],
        size_bytes=size_bytes,
    )


def keep_picture(blob: Blob, folder: Path, recipe: str, size: tuple[int, int]) -> Rendition:
    """Store a picture that a child made. It read a hostile file and names what it made: only what
    there can be counts, for a name becomes a key.
    """
    if recipe not in pictures.RECIPES:
        raise ValueError(f"no such picture: {recipe}")
    return keep(PICTURE, blob, folder / f"{recipe}.jpg", recipe=recipe, size=size)


def stream_prefix(made_by: Ladder, name: str) -> str:
    """What the keys of a track's files begin with."""
    return f"renditions/{made_by.blob_id}/stream-{made_by.edition}/{name}/"


def keep_piece(made_by: Ladder, path: Path, *, name: str, number: int) -> None:
    """Store one piece of a track. Raises mediashare.aws.client.Unavailable."""
    _send(path, stream_prefix(made_by, name) + tracks.file_name(number))


def _send(path: Path, key: str) -> int:
    """How many bytes it is. A child made it, and may have put a link to something else there."""
    leftovers.note(key)
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as file, calling("keep"):
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise ValueError(f"{path.name} is no plain file")
        default_storage.save(key, File(file))
        return os.fstat(opened).st_size


def save_rows(renditions: list[Rendition]) -> None:
    """Write the rows down, over those of an earlier attempt or version."""
    leftovers.replace_with(renditions)
    Rendition.objects.bulk_create(
        renditions,
        update_conflicts=True,
        unique_fields=["blob", "recipe"],
        update_fields=["version", "key", "content_type", "width", "height", "size_bytes", "sheet"],
    )
