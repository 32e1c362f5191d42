"""Whole objects to and from files, with what is said of them, as backups move them. Streamed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mediashare.aws.client import calling
from mediashare.aws.s3 import s3

CHUNK_BYTES = 2**20


@dataclass(frozen=True)
class Said:
    """What an object is, beside its bytes."""

    content_type: str
    cache_control: str
    metadata: Mapping[str, str]


def fetch(*, bucket: str, key: str, target: BinaryIO) -> Said:
    """Write an object's bytes. Raises NotFound, and Unavailable where it breaks off."""
    with calling("fetch"):
        answer = s3().get_object(Bucket=bucket, Key=key)
        for chunk in answer["Body"].iter_chunks(CHUNK_BYTES):
            target.write(chunk)
    return Said(
        content_type=answer.get("ContentType", ""),
        cache_control=answer.get("CacheControl", ""),
        metadata=answer.get("Metadata", {}),
    )


def send(*, bucket: str, key: str, source: Path, said: Said) -> None:
    """Store a file's bytes under a key, in parts where it is large."""
    extra: dict[str, object] = {"ContentType": said.content_type, "Metadata": dict(said.metadata)}
    if said.cache_control:
        extra["CacheControl"] = said.cache_control
    with calling("send"):
        s3().upload_file(str(source), bucket, key, ExtraArgs=extra)
