"""Real originals in the real object store, and their way through the pipeline."""

import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from mediashare.accounts.models import User
from mediashare.aws import s3
from mediashare.storage.models import Blob
from processing import actions, work
from processing.models import Job, Track

MOST_JOBS = 200
MEDIA = Path(__file__).parent.parent.parent / "media"


def stored(owner: User, content: str | bytes, *, sha256: str = "") -> Blob:
    """A blob with the bytes of a test file, or with given bytes, in the store."""
    body = (MEDIA / content).read_bytes() if isinstance(content, str) else content
    key = f"originals/{owner.pk}/{uuid.uuid4()}/original"
    s3.put(bucket=settings.ORIGINALS_BUCKET, key=key, body=body, content_type="image/jpeg")
    return Blob.objects.create(
        owner=owner, key=key, size_bytes=len(body), sha256=sha256, content_type="image/jpeg"
    )


def processed(blob: Blob, *, name: str = "") -> Blob:
    """Do every job there is for a blob, as a worker would; none may wait for another time."""
    actions.request_processing(blob=blob, name=name)
    for _ in range(MOST_JOBS):
        waiting = blob.jobs.filter(state=Job.State.WAITING)
        due = waiting.filter(due_at__lte=timezone.now()).first()
        if due is None:
            left = list(waiting.values_list("kind", "part", "due_at", "detail"))
            assert not left, f"These wait, and are not due: {left}"
            blob.refresh_from_db()
            return blob
        work.do_next(due.lane)
    raise AssertionError(f"After {MOST_JOBS} jobs there are more: {list(blob.jobs.all())}")


def picture(blob: Blob, recipe: str = "image-320") -> bytes:
    """The bytes of a rendition, from the store."""
    rendition = blob.renditions.get(recipe=recipe)
    return b"".join(s3.open_range(bucket=settings.RENDITIONS_BUCKET, key=rendition.key))


def body(track: Track) -> bytes:
    """A track as a player receives it: its head, then every segment."""
    return b"".join(
        chunk
        for file, offset, length, _ in track.segments
        for chunk in s3.open_range(
            bucket=settings.RENDITIONS_BUCKET,
            key=track.prefix + file,
            first=offset,
            last=offset + length - 1,
        )
    )
