"""The parts of an archive that is being written, in the store."""

from django.conf import settings

from mediashare.aws import multipart
from processing.archives.models import Archive


def drop(made: Archive) -> None:
    """Remove the parts of an archive from the store. Harmless when there are none."""
    if made.multipart_id:
        multipart.drop(
            bucket=settings.RENDITIONS_BUCKET, key=made.key, multipart_id=made.multipart_id
        )
