"""That an album follows a folder, and that it stops. Each is one transaction.

Nobody is asked here whether they may: only who owns both comes so far.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from albums import names
from albums.actions.albums import create_album, remove_from_album
from albums.actions.trash import trash_items
from albums.following import keeping
from albums.following.models import FollowedFile, Following
from albums.models import Album, Item
from mediashare.storage.models import Blob
from sync.protocol.messages import Identity
from sync.server.models import Folder, FolderBlob

LONGEST_TITLE = 150
PUT_IT_THERE = "Put the file into that folder, and it appears here."


def album_of(folder: Folder, place: Identity) -> Album | None:
    """The album that follows a place already, also one in the trash."""
    found = Following.objects.filter(folder=folder, place=place).select_related("album").first()
    return found.album if found else None


def following_of(album: Album) -> Following | None:
    """What an album follows; None for one that is filled by hand."""
    return getattr(album, "following", None)


def files_that_stay(item_ids: Iterable[UUID]) -> int:
    """Of these items, how many show a file that is still in a folder."""
    there = FollowedFile.objects.filter(item__in=list(item_ids), is_there=True)
    return there.values("item").distinct().count()


@transaction.atomic
def follow(*, folder: Folder, place: Identity, title: str) -> Album:
    """An album of the folder's owner that shows what is in a place of it, from now on.

    Asking again gives the same album, out of the trash if it was there.
    """
    # Locked, so that who asks twice at once gets one.
    Folder.objects.select_for_update(no_key=True).get(pk=folder.pk)
    album = album_of(folder, place)
    if album is None:
        album = create_album(owner=folder.owner, title=names.clean(title)[:LONGEST_TITLE])
        Following.objects.create(album=album, folder=folder, place=place)
    elif album.deleted_at:
        album.deleted_at = None
        album.save(update_fields=["deleted_at"])
    transaction.on_commit(lambda: keeping.ring(album.pk), robust=True)
    return album


@transaction.atomic
def stop(*, following: Following, keep_items: bool) -> None:
    """Let an album be like any other. What came by the folder stays in it, or goes into the trash.

    The folder and its files stay as they are. What another album still follows is not thrown away.
    """
    if not keep_items:
        _take_out(following)
    following.delete()


def _take_out(following: Following) -> None:
    there = following.files.filter(is_there=True, item__isnull=False)
    elsewhere = FollowedFile.objects.filter(is_there=True).exclude(following=following)
    shown = Item.objects.filter(pk__in=there.values("item"))
    brought = there.filter(has_brought=True).exclude(item__in=elsewhere.values("item"))
    remove_from_album(album=following.album, items=shown)
    trash_items(owner=following.album.owner, ids=brought.values_list("item", flat=True))


@transaction.atomic
def merge(*, blob: Blob, held: Blob) -> None:
    """Let all that refers to a blob refer to another with the same bytes. Before items are merged.

    An item that came by files alone stays one only if its twin did so too.
    """
    FollowedFile.objects.filter(awaited=blob).update(awaited=held)
    FolderBlob.objects.filter(blob=blob, sha256=held.sha256).update(blob=held)
    for twin in Item.objects.filter(blob=held):
        both = FollowedFile.objects.filter(item__in=[twin, *blob.items.filter(owner=twin.owner_id)])
        are_brought = both.values("item").distinct().filter(has_brought=True).count() == 2
        both.update(item=twin, has_brought=are_brought)
