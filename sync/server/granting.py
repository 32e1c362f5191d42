"""Leave to send bytes to a folder: room is reserved, and S3 told what to take.

Asking again gives the same leave again, so that who was interrupted goes on where it was.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404

from mediashare.api.problems import Problem
from mediashare.aws import multipart, presigned
from mediashare.aws.client import NotFound
from mediashare.storage.actions import QuotaExceeded, TooLarge
from mediashare.storage.parts import cut
from sync.protocol import transfers
from sync.protocol.transfers import Grant, Grants, Held, Multipart, Put, SentPart, Wanted
from sync.server import holdings
from sync.server.inserting import insert
from sync.server.models import Folder, Incoming, Member

CONTENT_TYPE = "application/octet-stream"


class TooManyParts(Problem):
    def __init__(self) -> None:
        limit = transfers.MOST_MULTIPARTS
        detail = f"Ask for at most {limit} files at once that are larger than one piece."
        super().__init__(400, "too-many-multiparts", detail, limit=limit)


@transaction.atomic
def grant(*, member: Member, sender: str, wanted: Iterable[Wanted], now: datetime) -> Grants:
    """What to do about each of these contents, in the same order.

    Raises Http404 for who is no member any more, TooLarge, TooManyParts, QuotaExceeded; then
    nothing was granted.
    """
    wishes = list(wanted)
    lacking = {wish.sha256: wish for wish in wishes}
    # One after another, so that who asks twice at once gets one leave.
    if Member.objects.select_for_update(no_key=True).filter(pk=member.pk).first() is None:
        # Removed since somebody looked whether they may.
        raise Http404
    held = set(holdings.held(member.folder, lacking.keys()))
    if member.role == Member.Role.OWNER and (rest := lacking.keys() - held):
        held |= holdings.adopt(member.folder, rest, now=now)
    incoming = _incoming(
        member, sender, [wish for sha256, wish in lacking.items() if sha256 not in held], now
    )
    return Grants(
        [_said(incoming.get(wish.sha256), now) for wish in wishes],
        now + timedelta(seconds=settings.UPLOAD_CREDENTIALS_SECONDS),
    )


@transaction.atomic
def give_up(*, folder: Folder, sender: str, keys: Iterable[str], now: datetime) -> None:
    """End leave that this sender was given, and give its room back at once. Twice is once.

    The bytes go when nobody can send more of them (`sweeping`).
    """
    digests = {key.rpartition("/")[2]: key for key in keys}
    mine = Incoming.objects.open().filter(folder=folder, sender=sender, sha256__in=digests)
    ended = [each for each in mine.select_for_update() if each.key == digests[each.sha256]]
    Incoming.objects.filter(pk__in=[each.pk for each in ended]).update(ended_at=now)
    if ended:
        folder.owner.release(sum(each.size_bytes for each in ended))


def _incoming(
    member: Member, sender: str, wishes: list[Wanted], now: datetime
) -> dict[str, Incoming]:
    """The open leave for each of these contents, given now or before."""
    expires_at = now + timedelta(hours=settings.UPLOAD_EXPIRY_HOURS)
    mine = Incoming.objects.open().filter(
        folder=member.folder, sender=sender, sha256__in=[wish.sha256 for wish in wishes]
    )
    found = {each.sha256: each for each in mine}
    if found:
        mine.update(expires_at=expires_at)
    new = [wish for wish in wishes if wish.sha256 not in found]
    _check(new, resumed=sum(bool(each.multipart_id) for each in found.values()))
    batch = uuid.uuid4()
    for wish in new:
        found[wish.sha256] = Incoming(
            folder=member.folder,
            sender=sender,
            batch=batch,
            sha256=wish.sha256,
            size_bytes=wish.size_bytes,
            created_at=now,
            expires_at=expires_at,
        )
    _begin([found[wish.sha256] for wish in new], member)
    return found


def _check(new: Iterable[Wanted], *, resumed: int) -> None:
    sizes = [wish.size_bytes for wish in new]
    if max(sizes, default=0) > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(settings.UPLOAD_MAX_BYTES)
    if resumed + sum(size > transfers.LARGEST_PUT for size in sizes) > transfers.MOST_MULTIPARTS:
        raise TooManyParts


def _begin(new: list[Incoming], member: Member) -> None:
    """Reserve room, and only then have S3 begin. What S3 began for nobody is swept."""
    if not new:
        return
    owner, needed = member.folder.owner, sum(each.size_bytes for each in new)
    owner.refresh_from_db(fields=["quota_bytes", "used_bytes", "reserved_bytes"])
    if needed > owner.free_bytes:
        raise QuotaExceeded(needed=needed, free=owner.free_bytes)
    for each in new:
        if each.size_bytes > transfers.LARGEST_PUT:
            each.multipart_id = multipart.begin(
                bucket=settings.ORIGINALS_BUCKET,
                key=each.key,
                content_type=CONTENT_TYPE,
                metadata={"folder": str(each.folder_id)},
            )
    insert(new)
    # Last, since everybody who sends anything of this owner's waits for this row.
    if not owner.reserve(needed):
        owner.refresh_from_db()
        raise QuotaExceeded(needed=needed, free=owner.free_bytes)


def _said(incoming: Incoming | None, now: datetime) -> Grant:
    if incoming is None:
        return Held()
    if not incoming.multipart_id:
        return Put(incoming.key, _address(incoming, now))
    return Multipart(
        incoming.key,
        incoming.multipart_id,
        cut(incoming.size_bytes).part_size,
        _sent(incoming),
    )


def _address(incoming: Incoming, now: datetime) -> str:
    request = presigned.request_for(
        "PUT",
        bucket=settings.ORIGINALS_BUCKET,
        key=incoming.key,
        headers=transfers.put_headers(incoming.sha256, incoming.size_bytes),
    )
    return presigned.url(request, signed_at=now, seconds=settings.UPLOAD_CREDENTIALS_SECONDS)


def _sent(incoming: Incoming) -> list[SentPart]:
    """What is there of an attempt that was interrupted."""
    try:
        parts = multipart.stored_parts(
            bucket=settings.ORIGINALS_BUCKET,
            key=incoming.key,
            multipart_id=incoming.multipart_id,
        )
    except NotFound:
        # Joined already, by a request whose answer was lost: completing it again will tell.
        return []
    return [SentPart(part.number, part.size_bytes, part.sha256) for part in parts]
