"""Read what came in parts, and compare it with the digest that its sender gave. Twice is once.

Of parts S3 checks each, and nobody the whole: a client that is broken, or lies, may have named
other bytes. Until they were read, only the folder believes it; once they are found to be others,
or gone, nobody is given them, and whoever has the right ones is asked to send them again.
Streams: no more than a chunk is in memory.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Q

from mediashare.aws import s3
from mediashare.aws.client import NotFound
from sync.server.models import FolderBlob

log = structlog.get_logger(__name__)

# Whoever reads says so; who was killed is taken over from after so long.
LEASE = timedelta(minutes=5)
# One run begins with no further one after so long; the next run is a minute away.
ENOUGH = timedelta(minutes=10)

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Another run reads these bytes now."""


def verify_some(*, clock: Clock) -> int:
    """Verify what waits for it, one after another; how many. Raises Unavailable."""
    began, verified = clock(), 0
    while clock() < began + ENOUGH and (holding := _claimed(clock())):
        try:
            _verify(holding, clock)
        except LeaseLost:
            continue
        verified += 1
    return verified


def _claimed(now: datetime) -> FolderBlob | None:
    """The oldest that nobody is at; ours until the lease ends."""
    free = FolderBlob.objects.unverified().filter(
        Q(read_until=None) | Q(read_until__lte=now), created_at__lte=now
    )
    while (pk := free.order_by("created_at").values_list("pk", flat=True).first()) is not None:
        if free.filter(pk=pk).update(read_until=now + LEASE):
            return FolderBlob.objects.select_related("blob").get(pk=pk)
    return None


def _verify(holding: FolderBlob, clock: Clock) -> None:
    blob = holding.blob
    digest = blob.sha256
    if not (digest and blob.sha256_checked_at):
        digest = _digest(holding, clock)
        if digest:
            blob.note_digest(digest, now=clock())
    # Other bytes may be held by now, in place of those that were read.
    row = FolderBlob.objects.unverified().filter(pk=holding.pk, blob=blob)
    if digest == holding.sha256:
        row.update(verified_at=clock())
    elif row.update(spoiled_at=clock()):
        log.error(
            "holding_spoiled",
            folder=str(holding.folder_id),
            declared=holding.sha256,
            found=digest or "nothing",
            blob=str(blob.pk),
        )


def _digest(holding: FolderBlob, clock: Clock) -> str:
    """The SHA-256 of what S3 has; empty when it has nothing there. Raises LeaseLost."""
    found, renew_at = hashlib.sha256(), clock() + LEASE / 2
    try:
        chunks = s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=holding.blob.key)
        for chunk in chunks:
            found.update(chunk)
            if clock() > renew_at:
                _renew(holding, clock())
                renew_at = clock() + LEASE / 2
    except NotFound:
        return ""
    return found.hexdigest()


def _renew(holding: FolderBlob, now: datetime) -> None:
    mine = FolderBlob.objects.unverified().filter(pk=holding.pk, read_until=holding.read_until)
    holding.read_until = now + LEASE
    if not mine.update(read_until=holding.read_until):
        raise LeaseLost
