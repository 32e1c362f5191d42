"""One step of an album that follows a folder: what becomes of the item of a file.

For a transaction that holds the following. Bytes are never touched: folder and item refer to the
same blob.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from albums import names
from albums.actions.albums import add_to_album, put_back, remove_from_album, touch
from albums.actions.items import add_item, show_findings
from albums.actions.stacks import unstack
from albums.actions.trash import restore_items, trash_items
from albums.following.files import Picture
from albums.following.models import FollowedFile, Following
from albums.following.steps import Do
from albums.mirrors import noting as mirrors
from albums.models import AlbumItem, Item
from albums.search import noting
from mediashare.storage.models import Blob
from processing import actions as processing
from processing import queries
from processing.models import MediaInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def add(following: Following, picture: Picture, blob: Blob) -> None:
    """Show a file that was never shown."""
    file = FollowedFile(
        following=following, entry=picture.entry, name=picture.name, sha256=picture.sha256
    )
    _bring(file, picture, blob)


def do(step: Do, file: FollowedFile, picture: Picture | None, blob: Blob | None) -> None:
    """Do one step about a file that is known. `blob` holds the bytes of `picture`."""
    if step == Do.TAKE_AWAY:
        take_away(file)
    elif picture is None or blob is None:
        raise ValueError(f"to {step} takes a picture")
    elif step == Do.BRING_BACK:
        _bring_back(file, picture, blob)
    elif step == Do.NAME:
        _name(file, picture)
    else:
        _replace(file, picture, blob)


def take_away(file: FollowedFile) -> None:
    """The file has gone: its item leaves the album, and the library if it came by files alone."""
    file.is_there, file.awaited = False, None
    file.save(update_fields=["is_there", "awaited"])
    if file.item is None:
        return
    album, others = file.following.album, _others(file)
    if not others.filter(following=file.following_id).exists():
        place = AlbumItem.objects.filter(album=album, item=file.item).first()
        file.position = place.position if place else None
        remove_from_album(album=album, items=[file.item])
    if file.has_brought and (other := others.first()):
        _name_item(file.item, other.name)
    elif file.has_brought:
        file.has_trashed = _trash(file.item)
    file.save(update_fields=["position", "has_trashed"])


def settle(file: FollowedFile) -> None:
    """Show the new content of a file, once it is known what became of it."""
    blob = file.awaited
    if blob is None or queries.state_of(blob).state == "processing":
        return
    file.awaited = None
    file.save(update_fields=["awaited"])
    twin = Item.objects.filter(owner=blob.owner_id, blob=blob).first()
    if file.item is None or twin is not None:
        _bring_another(file, _picture_of(file), blob)
        return
    item = Item.objects.select_for_update().get(pk=file.item.pk)
    item.blob = blob
    item.save(update_fields=["blob"])
    show_findings(blob, [item])
    touch(file.following.album)


def _bring(file: FollowedFile, picture: Picture, blob: Blob) -> None:
    """Let the item of these bytes show the file, a new one if there is none."""
    owner, modified_at = blob.owner, _moment(picture)
    before = Item.objects.filter(owner=owner, blob=blob).first()
    file.has_brought = before is None or before.files.filter(has_brought=True).exists()
    file.has_trashed = False
    if before is None:
        taken_at = modified_at or blob.created_at
        file.item = add_item(owner=owner, blob=blob, name=picture.name, taken_at=taken_at)
    else:
        restore_items(owner=owner, ids=[before.pk])
        file.item = before
    processing.request_processing(blob=blob, name=picture.name, modified_at=modified_at)
    if file.position is None:
        add_to_album(album=file.following.album, items=[file.item])
    _place(file)
    file.save()


def _bring_back(file: FollowedFile, picture: Picture, blob: Blob) -> None:
    """The file is there again. What its owner did to the item meanwhile stays done."""
    file.is_there = True
    file.save(update_fields=["is_there"])
    if file.item is None:
        if file.has_trashed and file.sha256 == picture.sha256:
            _bring(file, picture, blob)
        return
    if file.has_trashed:
        restore_items(owner=file.item.owner, ids=[file.item.pk])
        file.has_trashed = False
    _place(file)
    file.save(update_fields=["has_trashed", "position"])


def _name(file: FollowedFile, picture: Picture) -> None:
    file.name = picture.name
    file.save(update_fields=["name"])
    if file.item is not None and file.has_brought:
        _name_item(file.item, picture.name)
        touch(file.following.album)


def _name_item(item: Item, name: str) -> None:
    item.name = names.clean(name)
    item.save(update_fields=["name"])
    noting.note([item], MediaInfo.objects.in_bulk([item.blob_id]))
    mirrors.note_items([item.pk])


def _replace(file: FollowedFile, picture: Picture, blob: Blob) -> None:
    """Other bytes in the same file: its item gets them, when they are processed.

    But what its owner has in the library anyway, or other files show too, stays as it is.
    """
    file.sha256 = picture.sha256
    file.awaited = None
    is_its_own = file.item is not None and file.has_brought and not _others(file).exists()
    if is_its_own and not Item.objects.filter(owner=blob.owner_id, blob=blob).exists():
        file.awaited = blob
        file.save(update_fields=["sha256", "awaited"])
        processing.request_processing(blob=blob, name=picture.name, modified_at=_moment(picture))
        settle(file)
        return
    file.save(update_fields=["sha256", "awaited"])
    _bring_another(file, picture, blob)


def _bring_another(file: FollowedFile, picture: Picture, blob: Blob) -> None:
    """Another item shows the file from now on, at the same place."""
    if file.item is not None and file.item.blob_id == blob.pk:
        return
    take_away(file)
    file.is_there = True
    _bring(file, picture, blob)


def _place(file: FollowedFile) -> None:
    """Put an item back where it was in the album, if it was."""
    if file.item is None or file.position is None:
        return
    put_back(album=file.following.album, item=file.item, position=file.position)
    file.position = None


def _trash(item: Item) -> bool:
    """Whether this put it there. What stands behind it in a stack has files of its own."""
    behind = list(Item.objects.kept().filter(behind=item).values_list("pk", flat=True))
    if behind:
        unstack(owner=item.owner, ids=behind)
    return trash_items(owner=item.owner, ids=[item.pk]) > 0


def _others(file: FollowedFile) -> QuerySet[FollowedFile]:
    """Other files that are there and show the same item, in this album or another."""
    others = FollowedFile.objects.filter(item=file.item_id, is_there=True)
    return others.filter(following__album__deleted_at=None).exclude(pk=file.pk)


def _picture_of(file: FollowedFile) -> Picture:
    return Picture(file.entry, file.name, file.sha256, 0)


def _moment(picture: Picture) -> datetime | None:
    """When the file was last changed; None when its disk did not say, or said nonsense."""
    try:
        return EPOCH + timedelta(milliseconds=picture.modified_ms) if picture.modified_ms else None
    except OverflowError:
        return None
