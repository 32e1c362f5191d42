"""Begin, settle and give up uploads. No byte of a file passes here.

What is reserved from the quota is given back or turned into use exactly once, because each
ending is one conditional update of an open upload.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from mediashare.accounts.models import User
from mediashare.api.problems import Problem
from mediashare.aws import multipart
from mediashare.storage import clearing, granting
from mediashare.storage.models import Blob, Upload
from mediashare.storage.parts import LARGEST_FILE, Cut, cut


@dataclass(frozen=True)
class Wish:
    """What somebody wants to upload. `sha256` is hex, or empty when not known."""

    name: str
    size_bytes: int
    content_type: str
    sha256: str = ""
    modified_at: datetime | None = None


class TooLarge(Problem):
    def __init__(self, limit: int) -> None:
        detail = f"A file may have at most {limit} bytes."
        super().__init__(413, "too-large", detail, limit_bytes=limit)


class QuotaExceeded(Problem):
    def __init__(self, *, needed: int, free: int) -> None:
        super().__init__(
            403,
            "quota-exceeded",
            "There is not enough room left for this file. Nothing was stored. Delete something and"
            " empty the trash, or ask whoever runs this site for more.",
            needed_bytes=needed,
            free_bytes=free,
        )


class TooManyOpen(Problem):
    def __init__(self, limit: int) -> None:
        super().__init__(
            409,
            "too-many-uploads",
            f"{limit} uploads are open. Complete or cancel some, then begin this one again.",
        )


class UploadEnded(Problem):
    def __init__(self, state: str) -> None:
        detail = f"This upload is {state}. Begin a new one."
        super().__init__(410, "upload-ended", detail, state=state)


def resumable_upload(*, owner: User, wish: Wish, now: datetime) -> Upload | None:
    """The open upload of the same file, if there is one."""
    same = Upload.objects.open().filter(
        owner=owner,
        name=wish.name,
        size_bytes=wish.size_bytes,
        sha256=wish.sha256,
        modified_at=wish.modified_at,
        expires_at__gt=now,
    )
    return same.order_by("created_at").first()


def begin_upload(*, owner: User, wish: Wish, now: datetime) -> Upload:
    """Reserve room and a key for a file. Raises TooLarge, TooManyOpen, QuotaExceeded."""
    plan = _allowed(owner, wish)
    upload_id = uuid.uuid4()
    upload = Upload(
        pk=upload_id,
        owner=owner,
        key=granting.prefix_of(owner_id=owner.pk, upload_id=upload_id) + "original",
        name=wish.name,
        content_type=wish.content_type,
        size_bytes=wish.size_bytes,
        sha256=wish.sha256,
        part_size=plan.part_size,
        modified_at=wish.modified_at,
        created_at=now,
        expires_at=now + timedelta(hours=settings.UPLOAD_EXPIRY_HOURS),
    )
    # Temporary credentials may only send parts, so that they can never replace an object.
    if plan.part_count > 1 or settings.UPLOAD_METHOD == "sts":
        # Before the row: should this process die here, the stray is swept a day later.
        upload.multipart_id = multipart.begin(
            bucket=settings.ORIGINALS_BUCKET,
            key=upload.key,
            content_type=upload.content_type,
            metadata=granting.metadata_of(upload),
        )
    try:
        _reserve(upload)
    except QuotaExceeded:
        clearing.try_to_remove_bytes_of(upload)
        raise
    return upload


def prolong_upload(*, upload: Upload, now: datetime) -> None:
    """Put the expiry off, since somebody is at it. Raises UploadEnded."""
    upload.expires_at = now + timedelta(hours=settings.UPLOAD_EXPIRY_HOURS)
    if not Upload.objects.open().filter(pk=upload.pk).update(expires_at=upload.expires_at):
        upload.refresh_from_db()
        raise UploadEnded(upload.state)


def _allowed(owner: User, wish: Wish) -> Cut:
    limit = min(settings.UPLOAD_MAX_BYTES, LARGEST_FILE)
    if wish.size_bytes > limit:
        raise TooLarge(limit)
    if Upload.objects.open().filter(owner=owner).count() >= settings.UPLOAD_MAX_OPEN:
        raise TooManyOpen(settings.UPLOAD_MAX_OPEN)
    owner.refresh_from_db(fields=["quota_bytes", "used_bytes", "reserved_bytes"])
    if wish.size_bytes > owner.free_bytes:
        raise QuotaExceeded(needed=wish.size_bytes, free=owner.free_bytes)
    return cut(wish.size_bytes)


@transaction.atomic
def _reserve(upload: Upload) -> None:
    if not upload.owner.reserve(upload.size_bytes):
        upload.owner.refresh_from_db()
        raise QuotaExceeded(needed=upload.size_bytes, free=upload.owner.free_bytes)
    upload.save(force_insert=True)


@transaction.atomic
def settle_upload(*, upload: Upload, sha256: str, now: datetime) -> Blob:
    """Turn an assembled upload into a blob; asking again gives the same blob.

    `sha256` (hex) is what S3 checked, or empty. A file that came twice at the same time is
    one blob: the later bytes are removed. Raises UploadEnded.
    """
    ended = (
        Upload.objects.open().filter(pk=upload.pk).update(state=Upload.State.COMPLETE, ended_at=now)
    )
    upload.refresh_from_db()
    if not ended:
        if upload.state != Upload.State.COMPLETE or upload.blob is None:
            raise UploadEnded(upload.state)
        return upload.blob
    blob = _blob_of(upload, sha256, now)
    upload.blob = blob
    if blob.key == upload.key:
        upload.owner.settle(upload.size_bytes)
        upload.cleared_at = now
    else:
        upload.owner.release(upload.size_bytes)
        transaction.on_commit(lambda: clearing.try_to_remove_bytes_of(upload))
    upload.save(update_fields=["blob", "cleared_at"])
    return blob


def _blob_of(upload: Upload, checked_sha256: str, now: datetime) -> Blob:
    fields = {
        "key": upload.key,
        "size_bytes": upload.size_bytes,
        "content_type": upload.content_type,
        "sha256_checked_at": now if checked_sha256 else None,
    }
    sha256 = checked_sha256 or upload.sha256
    if not sha256:
        return Blob.objects.create(owner=upload.owner, **fields)
    # Locked, so that a sweep cannot doom it before somebody refers to it.
    held = Blob.objects.held().select_for_update(no_key=True)
    return held.get_or_create(owner=upload.owner, sha256=sha256, defaults=fields)[0]


def abort_upload(*, upload: Upload, now: datetime) -> bool:
    """Give an upload up and its reservation back. False when it had ended before."""
    return clearing.give_up(upload, Upload.State.ABORTED, now=now)


def held_blob(*, owner: User, sha256: str) -> Blob | None:
    """The owner's blob with this digest (hex), locked until the transaction ends."""
    held = Blob.objects.held().select_for_update(no_key=True)
    return held.filter(owner=owner, sha256=sha256).first() if sha256 else None
