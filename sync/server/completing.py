"""Make one object of the parts of a large file, and the folder's of that. Twice is once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import Http404

from mediashare.api.problems import Problem
from mediashare.aws import multipart, s3
from mediashare.aws.client import AlreadyThere, NotFound, Rejected
from mediashare.storage.assembling import ChecksumMismatch, PartsMissing
from mediashare.storage.parts import decoded, digest_of_digests
from sync.protocol.transfers import Completion, Part, Wanted
from sync.server import holdings, settling
from sync.server.models import Folder, FolderBlob, Incoming


class ChunksMissing(Problem):
    """The upload stays open."""

    def __init__(self) -> None:
        detail = "The list of chunks has not reached the store. Send it, then complete again."
        super().__init__(409, "chunks-missing", detail)


def complete(*, folder: Folder, completion: Completion, now: datetime) -> Wanted:
    """Join the parts that were sent to a key; the contents that the folder now holds.

    Raises ChunksMissing, PartsMissing, ChecksumMismatch, and Http404 when nothing is awaited there.
    """
    if completion.chunks:
        _take_in_chunks(folder, completion.chunks, now)
    done = _join_and_settle(folder, completion.key, completion.parts, now)
    if completion.chunks:
        FolderBlob.objects.filter(folder=folder, sha256=done.sha256, chunks="").update(
            chunks=completion.chunks
        )
    return done


def _take_in_chunks(folder: Folder, sha256: str, now: datetime) -> None:
    settling.take_in(folder, [sha256], now=now)
    holdings.use(folder, [sha256], now=now)
    if not holdings.held(folder, [sha256]):
        raise ChunksMissing


def _join_and_settle(folder: Folder, key: str, parts: Sequence[Part], now: datetime) -> Wanted:
    held = (
        FolderBlob.objects.good()
        .filter(folder=folder, blob__key=key)
        .select_related("blob")
        .first()
    )
    if held is not None:
        return Wanted(held.sha256, held.blob.size_bytes)
    incoming = _awaited(folder, key)
    try:
        _join(incoming, parts)
        _check(incoming, parts)
    except ChecksumMismatch:
        _give_up(incoming, folder, now)
        raise
    # Of one part S3 has checked the digest of all.
    is_checked = len(parts) == 1 and decoded(parts[0].sha256).hex() == incoming.sha256
    settling.settle(folder, [incoming.pk], is_checked=is_checked, now=now)
    return Wanted(incoming.sha256, incoming.size_bytes)


def _awaited(folder: Folder, key: str) -> Incoming:
    sha256 = key.rpartition("/")[2]
    found = Incoming.objects.open().filter(folder=folder, sha256=sha256).exclude(multipart_id="")
    for incoming in found:
        if incoming.key == key:
            return incoming
    raise Http404


def _join(incoming: Incoming, parts: Sequence[Part]) -> None:
    where = {
        "bucket": settings.ORIGINALS_BUCKET,
        "key": incoming.key,
        "multipart_id": incoming.multipart_id,
    }
    try:
        stored = {part.number: part for part in multipart.stored_parts(**where)}
        if absent := [part.number for part in parts if part.number not in stored]:
            raise PartsMissing(absent)
        # With the sender's digests, which S3 compares with its own.
        listed = [replace(stored[part.number], sha256=part.sha256) for part in parts]
        if sum(part.size_bytes for part in listed) != incoming.size_bytes:
            raise ChecksumMismatch
        multipart.join(**where, parts=listed)
    except (NotFound, AlreadyThere):
        # Another request joined them, or one whose answer was lost. The object will tell.
        return
    except Rejected as error:
        raise ChecksumMismatch from error


def _check(incoming: Incoming, parts: Sequence[Part]) -> None:
    try:
        stored = s3.head(bucket=settings.ORIGINALS_BUCKET, key=incoming.key)
    except NotFound as error:
        raise PartsMissing([part.number for part in parts]) from error
    expected = digest_of_digests(decoded(part.sha256) for part in parts)
    if stored.size_bytes != incoming.size_bytes or stored.sha256 != expected:
        raise ChecksumMismatch


@transaction.atomic
def _give_up(incoming: Incoming, folder: Folder, now: datetime) -> None:
    """Nothing can come of it any more. Its bytes are swept."""
    if Incoming.objects.open().filter(pk=incoming.pk).update(ended_at=now):
        folder.owner.release(incoming.size_bytes)
