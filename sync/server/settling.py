"""Bytes that arrived become the folder's: checked with S3, and their room counted as used.

Bytes that came in one piece have the digest that was signed into their address. Of bytes that came
in parts S3 knows none of the whole, so that the folder alone believes what its member said, until
`sync.server.verifying` has read them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from mediashare.aws import s3
from mediashare.storage.models import Blob
from sync.server import holdings
from sync.server.granting import CONTENT_TYPE
from sync.server.inserting import insert
from sync.server.models import Folder, FolderBlob, Incoming
from sync.server.models.holdings import IncomingQuerySet, prefix_of

# What is read of a blob to let a folder hold it.
KNOWN = ("sha256", "key")


def take_in(folder: Folder, digests: Collection[str], *, now: datetime) -> None:
    """Let the folder hold those of these contents that reached S3 in one piece."""
    awaited = Incoming.objects.open().filter(folder=folder, sha256__in=digests, multipart_id="")
    arrived = _arrived(awaited)
    if arrived:
        settle(folder, arrived, is_checked=True, now=now)


def _arrived(awaited: IncomingQuerySet) -> list[UUID]:
    """Those that S3 has, in full. A batch lies under one prefix, and is listed in one request."""
    rows = list(awaited.values_list("pk", "folder_id", "batch", "sha256", "size_bytes"))
    sizes = {
        key: size
        for prefix in {prefix_of(folder, batch) for _, folder, batch, _, _ in rows}
        for key, size in s3.sizes(bucket=settings.ORIGINALS_BUCKET, prefix=prefix)
    }
    return [
        pk
        for pk, folder, batch, sha256, size_bytes in rows
        if sizes.get(prefix_of(folder, batch) + sha256) == size_bytes
    ]


@transaction.atomic
def settle(folder: Folder, arrived: Collection[UUID], *, is_checked: bool, now: datetime) -> None:
    """Make blobs of these rows of `Incoming`, once, whoever else does so now.

    What is held already is given up.
    """
    rows = Incoming.objects.open().select_for_update().order_by("sha256", "id")
    awaited = list(rows.filter(pk__in=arrived))
    digests = {each.sha256 for each in awaited}
    held = FolderBlob.objects.good().filter(folder=folder, sha256__in=digests)
    known = set(held.values_list("sha256", flat=True))
    first = {each.sha256: each for each in reversed(awaited) if each.sha256 not in known}
    make = _checked_blobs if is_checked else _blobs
    blobs = make(list(first.values()), folder, now)
    holdings.hold(folder, blobs, verified_at=now if is_checked else None, now=now)
    keys = {blob.key for blob in blobs.values()}
    _count(folder, awaited, keys, now)


def _blobs(rows: Sequence[Incoming], folder: Folder, now: datetime) -> dict[str, Blob]:
    """New blobs of which nobody outside the folder believes what they are."""
    made = [_blob(row, folder, now) for row in rows]
    insert(made)
    return {row.sha256: blob for row, blob in zip(rows, made, strict=True)}


def _checked_blobs(rows: Sequence[Incoming], folder: Folder, now: datetime) -> dict[str, Blob]:
    """The owner's blobs with these digests, of which each is there once."""
    digests = [row.sha256 for row in rows]
    owned = Blob.objects.held().filter(owner=folder.owner_id, sha256__in=digests)
    # What was declared and never checked gives way to what S3 has checked.
    owned.filter(sha256_checked_at=None).update(sha256="")
    made = [_blob(row, folder, now) for row in rows]
    for row, blob in zip(rows, made, strict=True):
        blob.sha256, blob.sha256_checked_at = row.sha256, now
    insert(made, ignore_conflicts=True)
    # Locked, so that a sweep cannot doom one before the folder refers to it.
    return {blob.sha256: blob for blob in owned.select_for_update(no_key=True).only(*KNOWN)}


def _blob(row: Incoming, folder: Folder, now: datetime) -> Blob:
    return Blob(
        owner_id=folder.owner_id,
        key=row.key,
        size_bytes=row.size_bytes,
        content_type=CONTENT_TYPE,
        created_at=now,
    )


def _count(folder: Folder, rows: Sequence[Incoming], keys: Collection[str], now: datetime) -> None:
    """What was reserved is used now, or given back where other bytes were first."""
    settled = [row for row in rows if row.key in keys]
    spare = [row for row in rows if row.key not in keys]
    Incoming.objects.filter(pk__in=[row.pk for row in settled]).delete()
    if settled:
        folder.owner.settle(sum(row.size_bytes for row in settled))
    if spare:
        # Their bytes go when nobody can send more of them.
        Incoming.objects.filter(pk__in=[row.pk for row in spare]).update(ended_at=now)
        folder.owner.release(sum(row.size_bytes for row in spare))
