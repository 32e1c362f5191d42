"""Keep renditions in their bucket, under keys that follow from blob and recipe.

Doing a job twice writes the same keys with the same pictures, so nothing is ever left over.
"""

from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from mediashare.aws.client import calling
from mediashare.storage.models import Blob
from processing.models import Rendition
from processing.recipes.pictures import VERSION, key


def keep_picture(blob: Blob, *, recipe: str, width: int, height: int, path: Path) -> Rendition:
    """Store a JPEG; its row, not yet saved. Raises mediashare.aws.client.Unavailable."""
    return _keep(
        blob,
        path,
        "jpg",
        Rendition(
            role=Rendition.Role.IMAGE,
            recipe=recipe,
            content_type="image/jpeg",
            width=width,
            height=height,
        ),
    )


def keep_video(blob: Blob, *, recipe: str, width: int, height: int, path: Path) -> Rendition:
    """Store an MP4; its row, not yet saved. Raises mediashare.aws.client.Unavailable."""
    return _keep(
        blob,
        path,
        "mp4",
        Rendition(
            role=Rendition.Role.VIDEO,
            recipe=recipe,
            content_type="video/mp4",
            width=width,
            height=height,
        ),
    )


def _keep(blob: Blob, path: Path, extension: str, rendition: Rendition) -> Rendition:
    rendition.blob = blob
    rendition.version = VERSION
    rendition.key = key(blob.pk, rendition.recipe, VERSION, extension)
    rendition.size_bytes = path.stat().st_size
    with path.open("rb") as file, calling("keep rendition"):
        default_storage.save(rendition.key, File(file))
    return rendition


def save_rows(renditions: list[Rendition]) -> None:
    """Write the rows down, over those of an earlier attempt."""
    Rendition.objects.bulk_create(
        renditions,
        update_conflicts=True,
        unique_fields=["blob", "recipe"],
        update_fields=["version", "key", "content_type", "width", "height", "size_bytes"],
    )
