"""Objects in S3. Bytes are streamed through a small buffer and never held whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote_plus

from django.conf import settings

from mediashare.aws import direct
from mediashare.aws.client import NotFound, Refused, Rejected, calling, client

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# A request to delete takes so many keys at once.
DELETED_AT_ONCE = 1000


@dataclass(frozen=True)
class StoredObject:
    """What S3 says of an object. `sha256` is base64, with `-N` behind it when of N parts."""

    size_bytes: int
    sha256: str
    content_type: str
    metadata: Mapping[str, str]


def s3() -> "S3Client":
    made: S3Client = client("s3", endpoint_url=settings.S3_ENDPOINT_URL)
    return made


def head(*, bucket: str, key: str) -> StoredObject:
    """Ask what is stored under a key. Raises NotFound, or Refused for what is there."""
    try:
        with calling("head"):
            answer = s3().head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except Refused as error:
        # So S3 says of a key that is not there, too, to who may not list the whole bucket:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
        if key in keys(bucket=bucket, prefix=key):
            raise
        raise NotFound(f"head: {error}") from error
    return StoredObject(
        size_bytes=answer["ContentLength"],
        sha256=answer.get("ChecksumSHA256", ""),
        content_type=answer.get("ContentType", ""),
        metadata=answer.get("Metadata", {}),
    )


def delete(*, bucket: str, key: str) -> None:
    """Delete an object. Deleting what is not there is harmless."""
    with calling("delete"):
        s3().delete_object(Bucket=bucket, Key=key)


def delete_prefix(*, bucket: str, prefix: str) -> int:
    """Delete every object whose key begins so; the number deleted."""
    if not prefix.endswith("/"):
        raise ValueError(
            f"A prefix ends with a slash, so that {prefix!r} cannot meet its neighbours."
        )
    deleted = 0
    with calling("delete prefix"):
        for page in s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            keys = [found["Key"] for found in page.get("Contents", [])]
            deleted += _delete_keys(bucket, keys)
    return deleted


def _delete_keys(bucket: str, keys: list[str]) -> int:
    if keys:
        answer = s3().delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
        if answer.get("Errors"):
            raise Rejected(f"delete: {answer['Errors'][:3]}")
    return len(keys)


def open_range(
    *, bucket: str, key: str, first: int = 0, last: int | None = None
) -> Iterator[bytes]:
    """The bytes from `first` to `last`, both counted in, in chunks of at most 1 MiB.

    Raises NotFound at once.
    """
    ranged = {}
    if first or last is not None:
        ranged["Range"] = f"bytes={first}-{'' if last is None else last}"
    return direct.get(endpoint_url=settings.S3_ENDPOINT_URL, bucket=bucket, key=key, ranged=ranged)


def put(*, bucket: str, key: str, body: bytes | BinaryIO, content_type: str) -> None:
    """Store a small object at a key that must be free. Raises AlreadyThere."""
    with calling("put"):
        s3().put_object(
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            ChecksumAlgorithm="SHA256",
            IfNoneMatch="*",
        )


def keys(*, bucket: str, prefix: str) -> Iterable[str]:
    """The keys that begin so, in no particular order."""
    return (key for key, _ in sizes(bucket=bucket, prefix=prefix))


def sizes(*, bucket: str, prefix: str) -> Iterator[tuple[str, int]]:
    """The keys that begin so with how many bytes are there. A thousand are one request."""
    query = {"prefix": prefix}
    while True:
        page = direct.listed(endpoint_url=settings.S3_ENDPOINT_URL, bucket=bucket, query=query)
        # Not every store names the same namespace.
        space = page.tag.rpartition("}")[0] + "}" if page.tag.startswith("{") else ""
        is_quoted = page.findtext(f"{space}EncodingType") == "url"
        for found in page.iterfind(f"{space}Contents"):
            key = found.findtext(f"{space}Key", "")
            size = int(found.findtext(f"{space}Size", ""))
            yield (unquote_plus(key) if is_quoted else key), size
        following = page.findtext(f"{space}NextContinuationToken")
        if not following:
            return
        query["continuation-token"] = following
