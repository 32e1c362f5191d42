"""What other apps say, and what albums does about it."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from albums import actions, archive_contents, folder_previews
from albums.following import beginning, keeping
from albums.following.notes import notes_of
from albums.mirrors import offering
from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from processing.archives import contents
from processing.archives.models import Archive
from processing.models import Job
from processing.signals import duplicate, processed, processed_many
from sync.protocol.folders import FolderSummary
from sync.server import signals as sync
from sync.server.models import Folder, Member


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
    beginning.merge(blob=blob, held=held)
    actions.merge_items(blob=blob, held=held)


@receiver(processed, dispatch_uid="albums.show_new_content")
def show_new_content(sender: type[Job], *, blob: Blob | None, **more: Any) -> None:
    """Of a file that an album follows. Not in the transaction that ends the job, as above."""
    if blob is not None:
        blob_id = blob.pk
        transaction.on_commit(lambda: keeping.settle(blob_id), robust=True)


@receiver(sync.committed, dispatch_uid="albums.follow_folder")
def follow_folder(sender: type[Folder], *, folder_id: UUID, **more: Any) -> None:
    """A hint, as all that is said of folders: the sweep looks too."""
    keeping.ring_for(folder_id)


@receiver(sync.described, dispatch_uid="albums.describe_folder")
def describe_folder(
    sender: type[Member], *, member: Member, entry: str, **more: Any
) -> list[sync.Note]:
    return notes_of(member, entry)


@receiver(sync.previewed, dispatch_uid="albums.show_file")
def show_file(sender: type[Blob], *, blob: Blob, name: str, **more: Any) -> sync.Made:
    return folder_previews.preview_of(blob, name=name)


@receiver(sync.offered, dispatch_uid="albums.offer_albums")
def offer_albums(
    sender: type[Folder], *, user: User, after: UUID | None, limit: int, **more: Any
) -> list[FolderSummary]:
    return offering.offers(user, after, limit)


@receiver(sync.wanted, dispatch_uid="albums.let_in")
def let_in(sender: type[Folder], *, user: User, folder_id: UUID, **more: Any) -> bool:
    return offering.let_in(user, folder_id)
