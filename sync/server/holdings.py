"""What bytes a folder holds: asked, noted as used, and told where they are.

What was found to be other bytes than it was said to be is held by nobody.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Q, Value, When

from mediashare.aws import presigned
from mediashare.aws.sigv4 import HEADERS_SECONDS
from mediashare.storage.models import Blob
from sync.protocol.transfers import Address, Addresses
from sync.server.inserting import insert
from sync.server.models import Folder, FolderBlob

# So many digests of what should be sent again are told at once.
LACKING_TOLD = 100
# No commit is under way for so long.
UNDER_WAY = timedelta(days=1)

# Where a key is read, and with which headers.
_Sign = Callable[[str], tuple[str, Mapping[str, str]]]


def held(folder: Folder, digests: Collection[str]) -> dict[str, int]:
    """Of these contents, the sizes of those that the folder holds."""
    if not digests:
        return {}
    found = FolderBlob.objects.good().filter(folder=folder, sha256__in=digests)
    return dict(found.values_list("sha256", "blob__size_bytes"))


def use(folder: Folder, digests: Collection[str], *, now: datetime) -> None:
    """Let what the folder holds of these stay, since changes are about to name it.

    Only whoever is the first, and the only one for a while, finds their own time there: what they
    then do not name after all, `take_back` lets go of.
    """
    if digests:
        may_go = Q(used_at=None) | Q(let_go_at__isnull=False)
        contended = Q(used_at__gt=now - UNDER_WAY)
        FolderBlob.objects.filter(may_go | contended, folder=folder, sha256__in=digests).update(
            used_at=Case(When(used_at=None, then=Value(now)), default=Value(now - UNDER_WAY)),
            let_go_at=None,
        )


def take_back(folder: Folder, digests: Collection[str], *, used_at: datetime) -> None:
    """Take back that changes name these, since they were refused: nothing holds them then."""
    if digests:
        mine = FolderBlob.objects.filter(folder=folder, sha256__in=digests, used_at=used_at)
        mine.update(used_at=None)


def hold(
    folder: Folder, blobs: Mapping[str, Blob], *, verified_at: datetime | None, now: datetime
) -> None:
    """Let the folder hold blobs by their digests, where it does not hold good ones already."""
    spoiled = FolderBlob.objects.spoiled().filter(folder=folder)
    for sha256 in spoiled.filter(sha256__in=blobs).values_list("sha256", flat=True):
        spoiled.filter(sha256=sha256).update(
            blob=blobs[sha256],
            chunks="",
            verified_at=verified_at,
            spoiled_at=None,
            told_at=None,
            read_until=None,
        )
    insert(
        [
            FolderBlob(
                folder=folder,
                sha256=sha256,
                blob=blobs[sha256],
                created_at=now,
                verified_at=verified_at,
            )
            for sha256 in sorted(blobs)
        ],
        ignore_conflicts=True,
    )


def lacking(folder_id: UUID) -> tuple[str, ...]:
    """Contents that somebody should send again, since what was sent was not them."""
    spoiled = FolderBlob.objects.spoiled().filter(folder=folder_id)
    return tuple(spoiled.order_by("sha256").values_list("sha256", flat=True)[:LACKING_TOLD])


def adopt(folder: Folder, digests: Collection[str], *, now: datetime) -> set[str]:
    """Let the folder hold what its owner has elsewhere on the site; which of these contents.

    Only what was read and found to be these bytes, and only for the owner: anybody else could ask
    by a digest for what they may not see. Within a transaction.
    """
    blobs = Blob.objects.held().select_for_update(no_key=True)
    known = blobs.filter(owner=folder.owner_id, sha256__in=digests, sha256_checked_at__isnull=False)
    found = {blob.sha256: blob for blob in known}
    hold(folder, found, verified_at=now, now=now)
    return set(found)


def located(
    folder: Folder, digests: Sequence[str], *, in_headers: bool, now: datetime
) -> Addresses:
    """Addresses to fetch contents from, with those of their lists of chunks.

    Each is leave to read, or with `in_headers` has that in headers beside it, for a shorter time.
    """
    seconds = HEADERS_SECONDS if in_headers else settings.UPLOAD_CREDENTIALS_SECONDS

    def sign(key: str) -> tuple[str, Mapping[str, str]]:
        request = presigned.request_for("GET", bucket=settings.ORIGINALS_BUCKET, key=key)
        if in_headers:
            return presigned.with_headers(request, signed_at=now)
        return presigned.url(request, signed_at=now, seconds=seconds), {}

    found = _stored(folder, set(digests))
    lists = _stored(folder, {each.chunks for each in found.values()} - {""})
    addresses = {
        sha256: _address(folder, each, sign, lists.get(each.chunks))
        for sha256, each in found.items()
    }
    expires_at = now + timedelta(seconds=seconds)
    return Addresses([addresses.get(each) for each in digests], expires_at)


class _Stored(NamedTuple):
    """A row of what a folder holds, as far as an address needs it: there are many."""

    sha256: str
    chunks: str
    key: str
    size_bytes: int


def _stored(folder: Folder, digests: Collection[str]) -> dict[str, _Stored]:
    if not digests:
        return {}
    found = FolderBlob.objects.good().filter(folder=folder, sha256__in=digests)
    rows = found.values_list("sha256", "chunks", "blob__key", "blob__size_bytes")
    return {row[0]: _Stored._make(row) for row in rows}


def _address(
    folder: Folder, stored: _Stored, sign: _Sign, chunks: _Stored | None = None
) -> Address:
    url, headers = sign(stored.key)
    return Address(
        stored.sha256,
        stored.size_bytes,
        stored.key if stored.key.startswith(folder.prefix) else "",
        url,
        headers,
        _address(folder, chunks, sign) if chunks else None,
    )
