"""Make the copy of an original that does not say where it was made: for whom a link was given.

The copy is the original with some bytes overwritten, streamed from store to store part by part.
An original that names no place has no copy; one that may name it where nobody looks has none too.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from mediashare.aws import multipart, s3
from mediashare.aws.client import AlreadyThere
from mediashare.storage import parts
from mediashare.storage.models import Blob
from processing import leftovers, privacy, store, whereabouts
from processing.lease import Lease
from processing.models import Job, MediaInfo, Rendition
from processing.reasons import PLACE_STAYS, Refused
from processing.recipes import versions
from processing.recipes.patches import Overlay

RECIPE = "copy"
CONTENT_TYPE = "application/octet-stream"


def strip(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Look where the place is, and make the copy if there is one.

    Raises Refused when it cannot be hidden, and what the store and `lease.check` do.
    """
    info = MediaInfo.objects.select_related("blob").filter(blob=job.original).first()
    if info is not None and privacy.state_of(info) == "unknown":
        whereabouts.look(info, folder, lease)
    if info is None or privacy.state_of(info) == "closed":
        raise Refused(PLACE_STAYS, info.privacy["why"] if info else "nothing is known of it")
    if privacy.state_of(info) == "plain":
        return lambda: None
    _copy(info.blob, privacy.overlay_of(info), folder, lease)
    copy = Rendition(
        blob=info.blob,
        role=Rendition.Role.COPY,
        recipe=RECIPE,
        version=versions.HIDING,
        key=key_of(info.blob),
        content_type=CONTENT_TYPE,
        width=info.width,
        height=info.height,
        size_bytes=info.blob.size_bytes,
    )
    return partial(store.save_rows, [copy])


def key_of(blob: Blob) -> str:
    """Where the copy is kept.

    Whoever may see a picture may be given an address that opens all below its prefix
    (docs/decisions/0006-delivery.md). Only who may download learns this name.
    """
    secret = salted_hmac("processing.strip.key", str(blob.pk), algorithm="sha256").hexdigest()
    return f"renditions/{blob.pk}/{RECIPE}-v{versions.HIDING}-{secret[:32]}"


def _copy(blob: Blob, overlay: Overlay, folder: Path, lease: Lease) -> None:
    where = {"bucket": settings.RENDITIONS_BUCKET, "key": key_of(blob)}
    leftovers.note(where["key"])
    multipart_id = multipart.begin(**where, content_type=CONTENT_TYPE, metadata={})
    try:
        digests = _send(blob, overlay, folder / "part", multipart_id, lease)
        stored = multipart.stored_parts(**where, multipart_id=multipart_id)
        listed = [
            multipart.StoredPart(part.number, part.size_bytes, digests[part.number], part.etag)
            for part in stored
        ]
        multipart.join(**where, multipart_id=multipart_id, parts=listed)
    except AlreadyThere:
        # From an attempt whose row was not written: the same bytes.
        multipart.drop(**where, multipart_id=multipart_id)
    except BaseException:
        multipart.drop(**where, multipart_id=multipart_id)
        raise


def _send(
    blob: Blob, overlay: Overlay, path: Path, multipart_id: str, lease: Lease
) -> dict[int, str]:
    """Send every part; their SHA-256s by number."""
    cut, digests = parts.cut(blob.size_bytes), {}
    for number in range(1, cut.part_count + 1):
        first = (number - 1) * cut.part_size
        chunks = s3.open_range(
            bucket=settings.ORIGINALS_BUCKET,
            key=blob.key,
            first=first,
            last=first + cut.size_of(number) - 1,
        )
        with path.open("w+b") as file:
            for chunk in overlay.over(chunks, at=first):
                lease.check()
                file.write(chunk)
            digests[number] = multipart.send_part(
                bucket=settings.RENDITIONS_BUCKET,
                key=key_of(blob),
                multipart_id=multipart_id,
                number=number,
                body=file,
            )
        lease.note_progress(100 * number // cut.part_count)
    return digests
