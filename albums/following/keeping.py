"""The loop that keeps albums equal to the folders that they follow.

A message rings; what is to be done, the folder's journal and the album's number say. So a message
that is lost, late or doubled does no harm: a sweep compares the numbers. One worker at a time is
at an album, by a lease; one that died is followed by another when it ends.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from albums.following import doing, looking
from albums.following.files import Picture
from albums.following.models import FollowedFile, Following
from albums.following.steps import Do, steps
from albums.similar import turns
from mediashare.storage.models import Blob
from sync.protocol.messages import Identity
from sync.server.journal.chosen import get_journal
from sync.server.models import FolderBlob

LEASE = timedelta(minutes=2)
# Files that change in one transaction.
BATCH = 50
# After so many files another message is sent, so that others' work is not behind a large folder.
AT_ONCE = 1_000
# As many heads as a journal is asked for at once.
HEADS_AT_ONCE = 500
TASK = "albums.tasks.follow_folder"

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker is at this album now, or it follows nothing any more."""


def ring(album_id: UUID) -> None:
    """Have a worker look, soon. Without a broker the sweep does so later."""
    try:
        current_app.send_task(TASK, kwargs={"album_id": str(album_id)})
    except OperationalError as error:
        log.warning("follow_not_posted", album=str(album_id), error=str(error))


def ring_for(folder_id: UUID) -> None:
    """The same for all albums that follow a folder."""
    for album_id in Following.objects.awake().filter(folder=folder_id).values_list("pk", flat=True):
        ring(album_id)


def catch_up(album_id: UUID) -> None:
    """Let an album show the folder as it is now. Harmless when it does, or another is at it."""
    while following := _claimed(album_id):
        try:
            is_done = _go_on(following)
        except LeaseLost:
            log.warning("follow_lease_lost", album=str(album_id))
            return
        finally:
            _let_go(following)
        if not is_done:
            ring(album_id)
            return
        # Looked up once more: who rang while this was at it has gone away again.
        if get_journal().head(following.folder_id) <= following.number:
            return


def sweep() -> int:
    """Catch up with all folders whose message was lost; how many albums were behind."""
    known = list(Following.objects.free(timezone.now()).values_list("pk", "folder", "number"))
    behind = []
    for some in _batches(known, HEADS_AT_ONCE):
        heads = get_journal().heads({folder for _, folder, _ in some})
        behind += [album for album, folder, number in some if heads[folder] > number]
    for album_id in behind:
        catch_up(album_id)
    for blob_id in set(_awaited().values_list("awaited", flat=True)):
        settle(blob_id)
    return len(behind)


def settle(blob_id: UUID) -> None:
    """Show a new content, where it is awaited and processed. Asking again is harmless."""
    for file_id in _awaited().filter(awaited=blob_id).values_list("pk", flat=True):
        _settle(file_id)


@transaction.atomic
def _settle(file_id: UUID) -> None:
    file = _files().select_for_update(of=("self",)).filter(pk=file_id).first()
    if file is not None and file.awaited is not None:
        turns.take(file.awaited.owner_id)
        doing.settle(file)


def _claimed(album_id: UUID) -> Following | None:
    now, lease = timezone.now(), uuid.uuid4()
    free = Following.objects.filter(pk__in=Following.objects.free(now).filter(pk=album_id))
    if not free.update(lease=lease, lease_until=now + LEASE):
        return None
    return Following.objects.select_related("album", "folder__owner").get(pk=album_id)


def _let_go(following: Following) -> None:
    held = Following.objects.filter(pk=following.pk, lease=following.lease)
    held.update(lease=None, lease_until=None)


@contextmanager
def _holding(following: Following) -> Iterator[None]:
    """A transaction for which the album is this worker's. Raises LeaseLost."""
    with transaction.atomic():
        held = Following.objects.filter(pk=following.pk, lease=following.lease)
        if not held.update(lease_until=timezone.now() + LEASE):
            raise LeaseLost
        # First, as all do who change groups and stacks.
        turns.take(following.folder.owner_id)
        yield


def _go_on(following: Following) -> bool:
    """One look, and what follows from it; whether that was all there is to do."""
    look = looking.look(following)
    found = {**_missing(following, look), **look.found}
    todo = list(islice(_to_do(following, found), AT_ONCE))
    for some in _batches(todo, BATCH):
        with _holding(following):
            _show(following, {entry: found[entry] for entry in some})
    if len(todo) == AT_ONCE:
        return False
    with _holding(following):
        following.number = look.number
        Following.objects.filter(pk=following.pk).update(number=look.number)
    return look.is_last


def _missing(following: Following, look: looking.Look) -> dict[Identity, Picture | None]:
    shown = following.files.filter(is_there=True) if look.is_whole else following.files.none()
    return dict.fromkeys(shown.values_list("entry", flat=True))


def _to_do(following: Following, found: dict[Identity, Picture | None]) -> Iterator[Identity]:
    """The entries about which something is to be done."""
    for some in _batches(list(found), HEADS_AT_ONCE):
        known = {file.entry: file for file in following.files.filter(entry__in=some)}
        for entry in some:
            if any(steps(known.get(entry), found[entry])):
                yield entry


def _show(following: Following, found: dict[Identity, Picture | None]) -> None:
    known = {
        file.entry: file
        for file in _files()
        .select_for_update(of=("self",))
        .filter(following=following, entry__in=found)
    }
    blobs = _blobs(following, {each.sha256 for each in found.values() if each})
    for entry, picture in found.items():
        file = known.get(entry)
        # Bytes that the folder holds no more were replaced: a later change tells by what.
        blob = blobs.get(picture.sha256) if picture else None
        if picture is not None and blob is None:
            continue
        for step in steps(file, picture):
            if file is not None:
                doing.do(step, file, picture, blob)
            elif step == Do.ADD and picture is not None and blob is not None:
                doing.add(following, picture, blob)


def _blobs(following: Following, digests: set[str]) -> dict[str, Blob]:
    held = FolderBlob.objects.good().filter(folder=following.folder_id, sha256__in=digests)
    return {each.sha256: each.blob for each in held.select_related("blob__owner")}


def _files() -> QuerySet[FollowedFile]:
    return FollowedFile.objects.select_related("following__album", "item__owner", "awaited__owner")


def _awaited() -> QuerySet[FollowedFile]:
    return FollowedFile.objects.filter(awaited__isnull=False)


def _batches(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (values[begin : begin + size] for begin in range(0, len(values), size))
