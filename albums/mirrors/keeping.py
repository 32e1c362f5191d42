"""Writes what an album shows into the journal of the folder that mirrors it.

The row says whether there is something to do, so that a message that is lost, late or doubled
does no harm. Who is at an album holds its row meanwhile.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from albums.mirrors.changes import Original, Wish, wishes
from albums.mirrors.models import Mirror
from albums.models import Album, Item
from mediashare.accounts.models import User
from mediashare.storage.models import Blob
from sync.protocol.messages import (
    MOST_CHANGES,
    Accepted,
    Author,
    Conflict,
    Identity,
    Revision,
)
from sync.server import actions
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob, Member

# A change may have to be asked for on another base: that of an item that comes back.
ROUNDS = 3
REMOVED_AT_ONCE = 100
LONGEST_NAME = Folder._meta.get_field("name").max_length or 0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@transaction.atomic
def open_for(user: User, album: Album) -> Mirror:
    """Let somebody keep an album on their computers, as it is now. Asking again is harmless."""
    # Locked, so that two computers of one person make one.
    Album.objects.select_for_update(no_key=True).get(pk=album.pk)
    folder, _ = Folder.objects.get_or_create(
        pk=album.pk,
        defaults={"kind": Folder.Kind.ALBUM, "owner": album.owner, "name": name_of(album)},
    )
    mirror, _ = Mirror.objects.get_or_create(album=album, defaults={"folder": folder})
    Member.objects.get_or_create(folder=folder, user=user, defaults={"role": Member.Role.READER})
    # Or the first look at it would find nothing.
    catch_up(album.pk)
    return mirror


def catch_up(album_id: UUID) -> None:
    """Let the folder hold what the album shows. Harmless when it does.

    Raises FolderIsBusy and Unavailable; the next sweep goes on.
    """
    while _write_once(album_id):
        pass


def sweep() -> int:
    """Write all that are behind; how many."""
    behind = list(Mirror.objects.behind().values_list("pk", flat=True))
    for album_id in behind:
        catch_up(album_id)
    return len(behind)


def remove_abandoned() -> None:
    """Folders whose album is no more, some at a time."""
    abandoned = Folder.objects.filter(kind=Folder.Kind.ALBUM, mirror=None)
    for folder_id in list(abandoned.values_list("pk", flat=True)[:REMOVED_AT_ONCE]):
        # First, since without the folder's row nobody would look for it any more.
        get_journal().remove(folder_id)
        abandoned.filter(pk=folder_id).delete()


def name_of(album: Album) -> str:
    """What the folder is called."""
    return album.title[:LONGEST_NAME]


@transaction.atomic
def _write_once(album_id: UUID) -> bool:
    """Whether there was something to do."""
    behind = Mirror.objects.behind().select_for_update(of=("self",)).filter(pk=album_id)
    mirror = behind.select_related("album__owner", "folder__owner").first()
    if mirror is None:
        return False
    Folder.objects.filter(pk=mirror.folder_id).update(name=name_of(mirror.album))
    _write(mirror)
    Mirror.objects.filter(pk=album_id).update(done=mirror.wanted)
    return True


def _write(mirror: Mirror) -> None:
    now, folder = timezone.now(), mirror.folder
    shown = list(_shown(mirror.album))
    _hold(folder, [item.blob for item in shown], now)
    originals = [_original(item) for item in shown]
    present = {each.entry: each for each in get_journal().tree(folder.pk)}
    for _ in range(ROUNDS):
        todo = list(wishes(present, originals))
        if not todo:
            break
        for some in _batches(todo, MOST_CHANGES):
            _commit(mirror, some, present, now)
    # What the album shows no more, nobody gets here any more.
    held = FolderBlob.objects.filter(folder=folder)
    held.exclude(sha256__in={each.sha256 for each in originals}).delete()


def _commit(
    mirror: Mirror, todo: Sequence[Wish], present: dict[Identity, Revision], now: datetime
) -> None:
    """Ask for changes, and take into `present` what is there then."""
    owner = mirror.album.owner
    committed = actions.commit(
        folder=mirror.folder,
        changes=[wish.with_key(uuid.uuid4().hex) for wish in todo],
        author=Author(str(owner.pk), owner.display_name),
        now=now,
    )
    for wish, answer in zip(todo, committed.answers, strict=True):
        if isinstance(answer, Conflict) and answer.present:
            present[wish.entry] = answer.present
        elif isinstance(answer, Accepted) and wish.after:
            present[wish.entry] = Revision(wish.entry, answer.number, wish.after)
        elif isinstance(answer, Accepted):
            present.pop(wish.entry, None)


def _shown(album: Album) -> Iterator[Item]:
    """The items whose bytes are known to be what they are said to be, in order."""
    places = Item.objects.shown().filter(places__album=album, blob__sha256_checked_at__isnull=False)
    items = places.exclude(blob__sha256="").select_related("blob")
    return items.order_by("places__position", "places__id").iterator()


def _hold(folder: Folder, blobs: Sequence[Blob], now: datetime) -> None:
    FolderBlob.objects.bulk_create(
        (
            FolderBlob(
                folder=folder,
                sha256=blob.sha256,
                blob=blob,
                created_at=now,
                used_at=now,
                verified_at=blob.sha256_checked_at,
            )
            for blob in blobs
        ),
        ignore_conflicts=True,
        batch_size=MOST_CHANGES,
    )


def _original(item: Item) -> Original:
    return Original(
        entry=item.pk.hex,
        name=item.name,
        sha256=item.blob.sha256,
        size_bytes=item.blob.size_bytes,
        modified_ms=round((item.taken_at - EPOCH).total_seconds() * 1000),
    )


def _batches(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (values[begin : begin + size] for begin in range(0, len(values), size))
