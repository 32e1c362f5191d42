"""Fetch a photo, and store each of its pictures while a child makes the next one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from mediashare.storage.models import Blob
from processing import checksum, kept, photo, run, scratch, store
from processing.lease import Lease
from processing.models import Rendition
from processing.recipes import pictures
from processing.recipes.formats import HEAD_BYTES, Format

LARGEST_PICTURES = 2**30
SMALL_BYTES = 2**26


class Fetched(NamedTuple):
    """An original in the scratch folder: its SHA-256 in hex, and how it begins."""

    path: Path
    digest: str
    head: bytes


def seems_one(blob: Blob) -> bool:
    """Whether to fetch it before its format is known, which saves a request if it is a photo."""
    return blob.content_type.startswith("image/") and 0 < blob.size_bytes <= SMALL_BYTES


def fetch(blob: Blob, folder: Path, lease: Lease) -> Fetched:
    """Stream the original into a folder. Raises as `scratch.fetch` does."""
    path = folder / "original"
    digest = scratch.fetch(blob, to=path, check=lease.check)
    with path.open("rb") as file:
        return Fetched(path, digest, file.read(HEAD_BYTES))


def look_at(
    blob: Blob, fetched: Fetched, found: Format, lease: Lease
) -> tuple[dict[str, Any], list[Rendition]]:
    """The facts of a photo, and its pictures, stored. Raises as `prepare.prepare` does."""
    checksum.note_digest(blob, fetched.digest, now=timezone.now())
    stored: dict[tuple[Path, str], Future[Rendition]] = {}

    def keep(told: dict[str, Any], folder: Path) -> None:
        recipe = told["recipe"]
        if recipe not in pictures.RECIPES or (folder, recipe) in stored:
            raise run.ChildDied(f"no such picture, or once more: {recipe}")
        store_it = partial(store.keep_picture, blob, folder, recipe, told["size"])
        stored[folder, recipe] = pool.submit(copy_context().run, store_it)

    with (
        ThreadPoolExecutor(max_workers=1) as pool,
        kept.answered(fetched.path, _wish(blob, found, lease, keep)) as (answer, folder),
    ):
        renditions = [stored[folder, recipe].result() for recipe, *_ in answer["pictures"]]
    return answer, renditions


def _wish(
    blob: Blob, found: Format, lease: Lease, keep: Callable[[dict[str, Any], Path], None]
) -> kept.Wish:
    seconds = settings.PHOTO_MAX_SECONDS
    return kept.Wish(
        photo.make_photo,
        (found.name, settings.PHOTO_MAX_PIXELS),
        owner=blob.owner_id,
        limits=run.Limits(seconds, cpu_seconds=seconds, file_bytes=LARGEST_PICTURES),
        check=lease.check,
        on_told=keep,
    )
