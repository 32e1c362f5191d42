"""Multipart uploads in S3: begun, listed, joined and dropped by the service.

The parts of an original are sent by the client; those of an archive by the worker that makes it,
from a file and never from memory.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BufferedRandom
from typing import TYPE_CHECKING

from mediashare.aws.client import NotFound, calling
from mediashare.aws.s3 import s3

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef


@dataclass(frozen=True)
class StoredPart:
    """A part that S3 holds; `sha256` is base64, or empty where the server does not list it."""

    number: int
    size_bytes: int
    sha256: str
    etag: str


@dataclass(frozen=True)
class Unfinished:
    key: str
    multipart_id: str
    begun_at: datetime


def begin(*, bucket: str, key: str, content_type: str, metadata: Mapping[str, str]) -> str:
    """Begin a multipart upload whose parts carry SHA-256 checksums; its id."""
    with calling("begin multipart"):
        answer = s3().create_multipart_upload(
            Bucket=bucket,
            Key=key,
            ContentType=content_type,
            Metadata=metadata,
            ChecksumAlgorithm="SHA256",
            ChecksumType="COMPOSITE",
        )
    return answer["UploadId"]


def send_part(
    *, bucket: str, key: str, multipart_id: str, number: int, body: BufferedRandom
) -> str:
    """Store a part, all of an open file, over what was there; its SHA-256 in base64."""
    body.seek(0)
    sha256 = base64.b64encode(hashlib.file_digest(body, "sha256").digest()).decode()
    body.seek(0)
    with calling("send part"):
        s3().upload_part(
            Bucket=bucket,
            Key=key,
            UploadId=multipart_id,
            PartNumber=number,
            Body=body,
            ChecksumSHA256=sha256,
        )
    return sha256


def stored_parts(*, bucket: str, key: str, multipart_id: str) -> list[StoredPart]:
    """What S3 holds so far, by number. Raises NotFound when it was joined or dropped."""
    pages = s3().get_paginator("list_parts")
    with calling("list parts"):
        return [
            StoredPart(
                number=part["PartNumber"],
                size_bytes=part["Size"],
                sha256=part.get("ChecksumSHA256", ""),
                etag=part["ETag"],
            )
            for page in pages.paginate(Bucket=bucket, Key=key, UploadId=multipart_id)
            for part in page.get("Parts", [])
        ]


def join(*, bucket: str, key: str, multipart_id: str, parts: Iterable[StoredPart]) -> None:
    """Make the parts one object at a key that must be free.

    Raises NotFound when it was joined or dropped before, AlreadyThere, Rejected.
    """
    listed: list[CompletedPartTypeDef] = [
        {"PartNumber": part.number, "ETag": part.etag, "ChecksumSHA256": part.sha256}
        for part in parts
    ]
    with calling("join parts"):
        s3().complete_multipart_upload(
            Bucket=bucket,
            Key=key,
            UploadId=multipart_id,
            MultipartUpload={"Parts": listed},
            IfNoneMatch="*",
        )


def drop(*, bucket: str, key: str, multipart_id: str) -> None:
    """Give up a multipart upload and its parts. Harmless when it is gone."""
    try:
        with calling("drop multipart"):
            s3().abort_multipart_upload(Bucket=bucket, Key=key, UploadId=multipart_id)
    except NotFound:
        return


def unfinished(*, bucket: str, prefix: str = "", begun_before: datetime) -> Iterator[Unfinished]:
    """Multipart uploads that were begun before a time, neither joined nor dropped.

    Those of a prefix, or all.
    """
    pages = s3().get_paginator("list_multipart_uploads")
    with calling("list multiparts"):
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Uploads", []):
                if found["Initiated"] < begun_before:
                    yield Unfinished(found["Key"], found["UploadId"], found["Initiated"])
