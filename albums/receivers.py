"""What other apps say, and what albums does about it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from albums import actions, archive_contents
from mediashare.storage.models import Blob
from processing.archives import contents
from processing.archives.models import Archive
from processing.models import Job
from processing.signals import duplicate, processed, processed_many


@receiver(processed, dispatch_uid="albums.copy_into_items")
def copy_into_items(sender: type[Job], *, blob: Blob | None, **more: Any) -> None:
    """In the transaction that ends the job, so that both are kept or neither."""
    if blob is not None:
        actions.note_processed(blob=blob)


@receiver(processed, dispatch_uid="albums.take_film")
def take_film(sender: type[Job], *, job: Job, **more: Any) -> None:
    """A film that was made is one more item of its owner's."""
    if job.kind == Job.Kind.FILM and job.state == Job.State.DONE:
        actions.take_film(job=job, now=timezone.now())


@receiver(processed, dispatch_uid="albums.stack_live_photo")
def stack_live_photo(sender: type[Job], *, job: Job, **more: Any) -> None:
    """Its film is not one more video. Only once: who takes the two apart is obeyed."""
    is_new = job.state == Job.State.DONE and not job.standing
    if is_new and job.kind == Job.Kind.MOTION and "live" in job.arguments:
        pair = {"owner": job.owner, "live_id": job.arguments["live"]}
        # Not in the transaction that ends the job: it holds what others lock after their turn.
        transaction.on_commit(lambda: actions.stack_live_photo(**pair), robust=True)


@receiver(processed_many, dispatch_uid="albums.copy_many_into_items")
def copy_many_into_items(sender: type[Job], *, blob_ids: Collection[UUID], **more: Any) -> None:
    """The same, for as many items as one transaction changes."""
    actions.note_many_processed(blob_ids=blob_ids)


@receiver(contents.wanted, dispatch_uid="albums.fill_archive")
def fill_archive(
    sender: type[Archive], *, archive: Archive, **more: Any
) -> Iterator[contents.File] | None:
    """Asked by the worker that makes it."""
    return archive_contents.files_of(archive)


@receiver(duplicate, dispatch_uid="albums.merge_items")
def merge_items(sender: type[Job], *, blob: Blob, held: Blob, **more: Any) -> None:
    """Nobody keeps an item of a blob that gives way to another."""
    actions.merge_items(blob=blob, held=held)
