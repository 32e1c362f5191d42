"""Remove what was stored and is not needed: by jobs that were cancelled, by older recipes.

What was replaced stays while a page that was opened before may still show it. Nothing here is
lost by a crash: what is noted is removed by a later run, and the rest goes with its blob.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mediashare.aws import s3
from mediashare.storage import actions as storage
from mediashare.storage.models import Blob, Upload
from processing.models import Job, Leftover, Rendition, Track

AT_ONCE = 1000
_noted: ContextVar[list[str] | None] = ContextVar("keys that the present job stored", default=None)


@contextmanager
def noting() -> Iterator[list[str]]:
    """The keys that are stored from here on, as far as whoever stores them notes them."""
    keys: list[str] = []
    token = _noted.set(keys)
    try:
        yield keys
    finally:
        _noted.reset(token)


def note(key: str) -> None:
    """Remember a key before something is stored under it."""
    if (keys := _noted.get()) is not None:
        keys.append(key)


def drop_what_is_left_of(blob_id: UUID) -> None:
    """Remove what was still stored for a blob after it was deleted; for others do nothing."""
    if not Blob.objects.filter(pk=blob_id).exists():
        s3.delete_prefix(bucket=settings.RENDITIONS_BUCKET, prefix=f"renditions/{blob_id}/")


def drop_what_was_cancelled(job: Job, keys: list[str]) -> None:
    """Remove what a job had stored when it was cancelled, and no row names."""
    with transaction.atomic():
        # While this is locked nobody can try it again, and write the same keys anew.
        locked = Job.objects.select_for_update().filter(pk=job.pk, state=Job.State.CANCELLED)
        if locked.first() is None:
            return
        for key in set(keys).difference(_in_use(keys)):
            s3.delete(bucket=settings.RENDITIONS_BUCKET, key=key)
        # A film is sent as an upload, which holds room until somebody makes an item of it.
        for upload in Upload.objects.open().filter(key__in=keys, owner=job.owner_id):
            storage.abort_upload(upload=upload, now=timezone.now())


def replace_with(made: list[Rendition]) -> None:
    """Let go of what earlier versions made of the same blobs: under other keys, and in sizes or
    kinds that the present version does not make any more. Call it before the new rows are saved.
    """
    if not Rendition.objects.filter(blob__in={each.blob_id for each in made}).exists():
        return
    for each in made:
        before = Rendition.objects.filter(blob=each.blob_id, recipe=each.recipe)
        leave(before.exclude(key=each.key).values_list("key", flat=True))
    recipes = [each.recipe for each in made]
    for blob_id, stem, version in {(each.blob_id, _stem(each), each.version) for each in made}:
        older = Rendition.objects.filter(blob=blob_id, version__lt=version).exclude(
            recipe__in=recipes
        )
        gone = older.filter(recipe__startswith=stem)
        leave(gone.values_list("key", flat=True))
        gone.delete()


def leave(keys: Iterable[str]) -> None:
    """Have keys removed when no open page needs them any more; one that ends in / with all in it.

    Call it in the transaction that takes them out of their rows.
    """
    rows = [Leftover(key=key) for key in keys]
    # What is left a second time is shown on pages that were opened until now.
    Leftover.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=["replaced_at"]
    )


def need_again(keys: Iterable[str]) -> None:
    """Keep what was left, since it is stored anew."""
    Leftover.objects.filter(key__in=list(keys)).delete()


def delete_replaced(*, now: datetime) -> int:
    """Remove what was replaced so long ago that no address of it is good any more; how many."""
    good_for = timedelta(seconds=2 * settings.DELIVERY_WINDOW_SECONDS)
    old = Leftover.objects.filter(replaced_at__lt=now - good_for).order_by("pk")
    count = 0
    while gone := list(old[:AT_ONCE]):
        # A recipe that was taken back stores under its old key again.
        in_use = _in_use([leftover.key for leftover in gone])
        for leftover in gone:
            if leftover.key not in in_use:
                _delete(leftover.key)
            leftover.delete()
        count += len(gone)
    return count


def _delete(key: str) -> None:
    if key.endswith("/"):
        s3.delete_prefix(bucket=settings.RENDITIONS_BUCKET, prefix=key)
    else:
        s3.delete(bucket=settings.RENDITIONS_BUCKET, key=key)


def _in_use(keys: Iterable[str]) -> set[str]:
    """Those that a row names, by themselves or as a piece of a track."""
    keys = set(keys)
    prefixes = {f"{key.rpartition('/')[0]}/" for key in keys}
    found = Track.objects.filter(prefix__in=prefixes).values_list("prefix", flat=True)
    playing = set(found)
    named = Rendition.objects.filter(key__in=keys).values_list("key", flat=True)
    return {*named, *(key for key in keys if f"{key.rpartition('/')[0]}/" in playing)}


def _stem(made: Rendition) -> str:
    """As `image-` of image-640: what recipes have in common of which one replaces all."""
    return made.recipe.rpartition("-")[0] + "-"
