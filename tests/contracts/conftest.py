"""Uploads as rows that were never saved: contracts are about S3 and STS, not the database."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mediashare.aws import multipart
from mediashare.storage import granting
from mediashare.storage.models import Upload
from mediashare.storage.parts import SMALLEST_PART

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
