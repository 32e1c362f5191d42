"""One blob gives way to another of the same owner that has the same bytes."""

from django.db import transaction

from mediashare.storage.models import Blob, Upload


class BlobIsDoomed(Exception):
    """The other blob's bytes are being deleted; this one is needed after all."""


@transaction.atomic
def give_way(blob: Blob, *, to: Blob) -> Blob:
    """Let the uploads of a blob lead to another, which is locked until the transaction ends.

    The blob's own bytes go when nobody refers to it any more. Raises BlobIsDoomed.
    """
    held = Blob.objects.held().select_for_update(no_key=True).filter(pk=to.pk).first()
    if held is None:
        raise BlobIsDoomed
    Upload.objects.filter(blob=blob).update(blob=held)
    return held
