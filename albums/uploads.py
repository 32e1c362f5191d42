"""What an upload becomes: an item in its owner's library, on its way through processing."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from albums import actions as albums
from albums.models import Album, Item
from mediashare.accounts.models import User
from mediashare.storage import actions as storage
from mediashare.storage import assembling
from mediashare.storage.models import Blob, Upload
from processing import actions as processing


@transaction.atomic
def take_duplicate(
    *, owner: User, wish: storage.Wish, album: Album | None, now: datetime
) -> Item | None:
    """The item of a file whose bytes its owner has already, out of the trash if need be."""
    blob = storage.held_blob(owner=owner, sha256=wish.sha256)
    if blob is None:
        return None
    return _item_of(blob, name=wish.name, modified_at=wish.modified_at, now=now, album=album)


def complete_upload(
    *, upload: Upload, digests: Mapping[int, str], album: Album | None, now: datetime
) -> tuple[Item, bool]:
    """Check an upload with S3 and make its item; whether this call made it.

    Safe when asked twice, at once or after a crash at any point. Blob, item and job appear
    together or not at all. Raises PartsMissing, ChecksumMismatch, UploadEnded.
    """
    if upload.state == Upload.State.COMPLETE and upload.blob is not None:
        item = Item.objects.filter(owner=upload.owner, blob=upload.blob).first()
        if item:
            return item, False
    if upload.state != Upload.State.OPEN:
        raise storage.UploadEnded(upload.state)
    try:
        sha256 = assembling.assemble(upload, digests)
    except assembling.ChecksumMismatch:
        storage.abort_upload(upload=upload, now=now)
        raise
    with transaction.atomic():
        blob = storage.settle_upload(upload=upload, sha256=sha256, now=now)
        item = _item_of(
            blob,
            name=upload.name,
            modified_at=upload.modified_at,
            now=upload.created_at,
            album=album,
        )
        return item, True


def _item_of(
    blob: Blob, *, name: str, modified_at: datetime | None, now: datetime, album: Album | None
) -> Item:
    taken_at = modified_at or now
    item = albums.add_item(owner=blob.owner, blob=blob, name=name, taken_at=taken_at, album=album)
    processing.request_processing(blob=blob, name=name, modified_at=modified_at)
    return item
