"""A folder's name, its end, and its coming back. Bytes go by the sweep for unused ones."""

from datetime import datetime

from django.db import transaction

from mediashare.accounts.models import User
from sync.server import copying
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderEvent
from sync.server.people import events

REMOVED_AT_ONCE = 20


@transaction.atomic
def rename(*, folder: Folder, name: str, by: User, now: datetime) -> None:
    """What it is called on disks is another matter, and stays."""
    before = folder.name
    if name != before and Folder.objects.filter(pk=folder.pk).update(name=name):
        folder.name = name
        kind = FolderEvent.Kind.RENAMED
        events.note(folder, kind, by=by, subject=before, outcome=name, now=now)


@transaction.atomic
def delete(*, folder: Folder, by: User, now: datetime) -> None:
    """Nobody is let in any more; copies on computers stay. It can be brought back for a while."""
    if Folder.objects.filter(pk=folder.pk, deleted_at=None).update(deleted_at=now):
        events.note(folder, FolderEvent.Kind.DELETED, by=by, now=now)


@transaction.atomic
def restore(*, folder: Folder, by: User, now: datetime) -> None:
    """With its people, its files and their versions, as if nothing had been."""
    if Folder.objects.deleted(now).filter(pk=folder.pk).update(deleted_at=None):
        events.note(folder, FolderEvent.Kind.RESTORED, by=by, now=now)


def remove_deleted(*, now: datetime) -> int:
    """End for good what was deleted before the term; how many. Twice is once."""
    # What was on its way to it gives its room back by a sweep of its own, and before.
    ended = Folder.objects.over(now).filter(incoming=None)
    over = list(ended.values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    for folder_id in over:
        copying.forget(folder_id)
        # First, since without the folder's row nobody would look for it any more.
        get_journal().remove(folder_id)
        ended.filter(pk=folder_id).delete()
    return len(over)
