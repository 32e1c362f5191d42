"""Uploads and folders as rows that were never saved: contracts are about S3 and STS alone."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mediashare.aws import multipart, s3
from mediashare.storage import granting
from mediashare.storage.models import Upload
from mediashare.storage.parts import SMALLEST_PART
from sync.server.models import Folder

# What is in the files of folders.
CONTENT = b"dear bob"

MakeUpload = Callable[..., Upload]


@pytest.fixture
def make_upload(buckets: Any) -> MakeUpload:
    """Begin an upload of so many bytes, in parts of 5 MiB or, on request, in one piece."""

    def make(size: int, *, in_parts: bool = True) -> Upload:
        upload = Upload(
            pk=uuid.uuid4(),
            owner_id=uuid.uuid4(),
            name="beach.jpg",
            content_type="image/jpeg",
            size_bytes=size,
            part_size=SMALLEST_PART,
            expires_at=timezone.now() + timedelta(hours=1),
        )
        prefix = granting.prefix_of(owner_id=upload.owner_id, upload_id=upload.pk)
        upload.key = prefix + "original"
        if in_parts:
            upload.multipart_id = multipart.begin(
                bucket=buckets.originals,
                key=upload.key,
                content_type=upload.content_type,
                metadata=granting.metadata_of(upload),
            )
        return upload

    return make


@pytest.fixture
def folder(buckets: Any) -> Folder:
    return Folder(pk=uuid.uuid4(), name="Papers")


@pytest.fixture
def stored(folder: Folder, buckets: Any) -> str:
    """The key of contents that the folder has."""
    key = f"{folder.prefix}{uuid.uuid4()}/notes"
    s3.put(bucket=buckets.originals, key=key, body=CONTENT, content_type="text/plain")
    return key


@pytest.fixture
def elsewhere(buckets: Any) -> str:
    """The key of contents of another folder."""
    key = f"folders/{uuid.uuid4()}/{uuid.uuid4()}/notes"
    s3.put(bucket=buckets.originals, key=key, body=CONTENT, content_type="text/plain")
    return key


@pytest.fixture
def begun(folder: Folder, buckets: Any) -> dict[str, str]:
    """A multipart upload that the service began in the folder: where its parts go."""
    key = f"{folder.prefix}{uuid.uuid4()}/large"
    multipart_id = multipart.begin(
        bucket=buckets.originals, key=key, content_type="text/plain", metadata={}
    )
    return {"Bucket": buckets.originals, "Key": key, "UploadId": multipart_id}
