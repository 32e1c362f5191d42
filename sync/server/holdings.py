"""What bytes a folder holds: asked, noted as used, and told where they are."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from mediashare.aws import presigned
from mediashare.storage.models import Blob
from sync.protocol.transfers import Address, Addresses
from sync.server.models import Folder, FolderBlob


def held(folder: Folder, digests: Collection[str]) -> dict[str, int]:
    """Of these contents, the sizes of those that the folder holds."""
    if not digests:
        return {}
    found = FolderBlob.objects.filter(folder=folder, sha256__in=digests)
    return dict(found.values_list("sha256", "blob__size_bytes"))


def use(folder: Folder, digests: Collection[str], *, now: datetime) -> None:
    """Let what the folder holds of these stay, since changes are about to name it."""
    if digests:
        may_go = Q(used_at=None) | Q(let_go_at__isnull=False)
        FolderBlob.objects.filter(may_go, folder=folder, sha256__in=digests).update(
            used_at=now, let_go_at=None
        )


def adopt(folder: Folder, digests: Collection[str]) -> set[str]:
    """Let the folder hold what its owner has elsewhere on the site; which of these contents.

    Only what was read and found to be these bytes, and only for the owner: anybody else could ask
    by a digest for what they may not see. Within a transaction.
    """
    blobs = Blob.objects.held().select_for_update(no_key=True)
    known = blobs.filter(owner=folder.owner_id, sha256__in=digests, sha256_checked_at__isnull=False)
    found = [FolderBlob(folder=folder, sha256=blob.sha256, blob=blob) for blob in known]
    FolderBlob.objects.bulk_create(found, ignore_conflicts=True)
    return {each.sha256 for each in found}


def located(folder: Folder, digests: Sequence[str], *, now: datetime) -> Addresses:
    """Addresses to fetch contents from, with those of their lists of chunks."""
    held_ones = FolderBlob.objects.filter(folder=folder).select_related("blob")
    found = {each.sha256: each for each in held_ones.filter(sha256__in=set(digests))}
    listed = {each.chunks for each in found.values()} - {""}
    lists = {each.sha256: each for each in held_ones.filter(sha256__in=listed)} if listed else {}
    addresses = {
        sha256: _address(folder, each, now, lists.get(each.chunks))
        for sha256, each in found.items()
    }
    expires_at = now + timedelta(seconds=settings.UPLOAD_CREDENTIALS_SECONDS)
    return Addresses([addresses.get(each) for each in digests], expires_at)


def _address(
    folder: Folder, holding: FolderBlob, now: datetime, chunks: FolderBlob | None = None
) -> Address:
    key = holding.blob.key
    request = presigned.request_for("GET", bucket=settings.ORIGINALS_BUCKET, key=key)
    return Address(
        holding.sha256,
        holding.blob.size_bytes,
        key if key.startswith(folder.prefix) else "",
        presigned.url(request, signed_at=now, seconds=settings.UPLOAD_CREDENTIALS_SECONDS),
        _address(folder, chunks, now) if chunks else None,
    )
