"""Read a whole video once and compare its SHA-256 with what was declared. Memory stays flat."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from mediashare.aws import s3
from mediashare.aws.client import NotFound
from processing import checksum
from processing.lease import Lease
from processing.models import Job
from processing.reasons import MISSING, Refused


def verify(job: Job, _: Path, lease: Lease) -> Callable[[], None]:
    """Compare every byte. Raises Refused, mediashare.aws.client.Unavailable."""
    blob = job.original
    digest, read = hashlib.sha256(), 0
    try:
        for chunk in s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=blob.key):
            lease.check()
            digest.update(chunk)
            read += len(chunk)
            lease.note_progress(100 * read // blob.size_bytes)
    except NotFound as error:
        blob.forget_digest()
        raise Refused(MISSING, str(error)) from error
    checksum.note_digest(blob, digest.hexdigest(), now=timezone.now())
    return lambda: None
