"""What a client receives so that it can send bytes to S3 by itself.

Either temporary credentials that can only send the parts of one upload, or addresses signed
for one part each. The service's own keys never leave it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

from mediashare.aws import presigned, sts
from mediashare.storage import policies
from mediashare.storage.models import Upload
from mediashare.storage.parts import Cut

# S3 allows 2 KB of metadata in all; a long name in a far alphabet grows ninefold by quoting.
LONGEST_QUOTED_NAME = 1500
# What is elsewhere in the bucket came in another way.
UPLOADS = "originals/"


@dataclass(frozen=True)
class PartAddress:
    """Where one part is sent, by PUT, with exactly these headers."""

    number: int
    url: str
    headers: dict[str, str]


def prefix_of(*, owner_id: UUID, upload_id: UUID) -> str:
    """The place in the originals bucket that belongs to one upload and is never used again."""
    return f"{UPLOADS}{owner_id}/{upload_id}/"


def method_of(upload: Upload) -> str:
    """Credentials cannot make objects, so a file that comes in one piece needs an address."""
    return settings.UPLOAD_METHOD if upload.multipart_id else "presigned"


def metadata_of(upload: Upload) -> dict[str, str]:
    """Who, what and when, kept with the bytes, so that the bucket alone is enough to rebuild."""
    name = upload.name
    while len(quote(name)) > LONGEST_QUOTED_NAME:
        name = name[:-1]
    metadata = {
        "owner": str(upload.owner_id),
        "upload": str(upload.pk),
        "name": quote(name),
        "created-at": upload.created_at.isoformat(timespec="seconds"),
    }
    if upload.modified_at:
        metadata["modified-at"] = upload.modified_at.isoformat(timespec="seconds")
    return metadata


def credentials_for(upload: Upload) -> sts.TemporaryCredentials:
    """Credentials for the parts of this upload. Each call gives new ones."""
    prefix = prefix_of(owner_id=upload.owner_id, upload_id=upload.pk)
    return sts.assume_role(
        role_arn=settings.UPLOAD_ROLE_ARN,
        session_name=f"upload-{upload.pk}",
        policy=policies.only_parts_of(bucket=settings.ORIGINALS_BUCKET, prefix=prefix),
        prefix=prefix,
        seconds=settings.UPLOAD_CREDENTIALS_SECONDS,
    )


def addresses_for(
    upload: Upload, digests: Mapping[int, str], *, now: datetime
) -> tuple[list[PartAddress], datetime]:
    """Addresses for parts of which the SHA-256 (base64) is known, and when they die.

    Size and digest are signed, so S3 takes these bytes and no others.
    """
    seconds = settings.UPLOAD_CREDENTIALS_SECONDS
    addresses = [
        _address(upload, number, digest, now=now, seconds=seconds)
        for number, digest in sorted(digests.items())
    ]
    return addresses, now + timedelta(seconds=seconds)


def _address(
    upload: Upload, number: int, digest: str, *, now: datetime, seconds: int
) -> PartAddress:
    headers = {"x-amz-checksum-sha256": digest}
    query: dict[str, str] = {}
    if upload.multipart_id:
        query = {"partNumber": str(number), "uploadId": upload.multipart_id}
    else:
        headers |= {"if-none-match": "*", "content-type": upload.content_type}
        headers |= {f"x-amz-meta-{name}": value for name, value in metadata_of(upload).items()}
    length = Cut(upload.size_bytes, upload.part_size).size_of(number)
    request = presigned.request_for(
        "PUT",
        bucket=settings.ORIGINALS_BUCKET,
        key=upload.key,
        query=query,
        # Browsers set the length by themselves and let no script do it.
        headers={**headers, "content-length": str(length)},
    )
    return PartAddress(number, presigned.url(request, signed_at=now, seconds=seconds), headers)
