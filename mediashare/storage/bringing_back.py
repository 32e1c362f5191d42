"""Bring back bytes that were deleted since the moment that a restored database is of.

The originals' bucket keeps versions where infrastructure says so: a deletion there only puts a
marker over the bytes. Nothing here deletes bytes.
"""

from collections.abc import Iterator
from itertools import islice

from django.conf import settings

from mediashare.aws import s3, versions
from mediashare.storage.models import Blob

ASKED_AT_ONCE = 1_000


def bring_back() -> tuple[int, list[str]]:
    """Have the bytes of every blob; how many were brought back, and the keys of what is gone."""
    brought, gone = 0, []
    for key in _missing():
        if versions.bring_back(bucket=settings.ORIGINALS_BUCKET, key=key):
            brought += 1
        else:
            gone.append(key)
    return brought, gone


def _missing() -> Iterator[str]:
    """Keys of blobs that the bucket does not list."""
    blobs = iter(Blob.objects.held().order_by("key").values_list("key", flat=True).iterator())
    stored = set(s3.keys(bucket=settings.ORIGINALS_BUCKET, prefix=""))
    while some := list(islice(blobs, ASKED_AT_ONCE)):
        yield from (key for key in some if key not in stored)
