"""How long one person's photo waits while others have brought very many.

Real jobs by real workers: every one of the many is a small photo that is fetched, decoded and
stored. Only those at the head of the line have bytes: no more are reached while it is measured.
"""

import io
import statistics
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count

from django.conf import settings
from django.utils import timezone
from PIL import Image

from mediashare.accounts.models import User
from mediashare.aws import s3
from mediashare.embedded.stack import Stack
from mediashare.storage.models import Blob
from processing import outbox
from processing.models import Job
from tests.benchmarks.figures import Figure

BULK = 5_000
IMPORTED = 50_000
ASKED = 40
WITH_BYTES = 500
LIMIT_SECONDS = 2.0
PATIENCE_SECONDS = 120
NUMBERS = count(1)


def measure(stack: Stack) -> list[Figure]:
    for worker in ("interactive", "media"):
        stack.start_part(worker)
    return [_beside_bulk(), _beside_an_import()]


def _beside_bulk() -> Figure:
    """Somebody's photos, one after another, while nobody waits for 5,000 others."""
    _line_up(_somebody(), BULK, Job.Lane.BULK)
    somebody = _somebody()
    waits = [_wait_of(_ask_for(somebody)) for _ in range(ASKED)]
    if not _waiting(Job.Lane.BULK):
        raise RuntimeError("The line was too short to be in the way.")
    Job.objects.filter(state=Job.State.WAITING).update(state=Job.State.CANCELLED)
    return Figure(
        f"interactive job beside {BULK:,} of bulk, p95 of its wait",
        "ms",
        _p95(waits) * 1000,
        LIMIT_SECONDS * 1000,
        "the limit we set ourselves",
        f"lower is better; median {statistics.median(waits) * 1000:.0f} ms of {ASKED}",
    )


def _beside_an_import() -> Figure:
    """A newcomer's single photo while somebody else imports 50,000, on the same lane."""
    importer = _somebody()
    began_at = _line_up(importer, IMPORTED, Job.Lane.INTERACTIVE)
    waits, overtaken = [], []
    for _ in range(ASKED):
        job = _ask_for(_somebody())
        waits.append(_wait_of(job))
        between = Job.objects.filter(
            owner=importer, started_at__range=(job.created_at, job.started_at)
        )
        overtaken.append(between.count())
    done = Job.objects.filter(owner=importer, state=Job.State.DONE).count()
    if failed := Job.objects.filter(owner=importer, state=Job.State.FAILED).first():
        raise RuntimeError(f"Job {failed.turn} of {failed.lane}: {failed.reason} {failed.detail}")
    left = _waiting(Job.Lane.INTERACTIVE)
    each = (timezone.now() - began_at).total_seconds() / max(1, done)
    return Figure(
        f"one photo beside an import of {IMPORTED:,}, p95 of its wait",
        "s",
        _p95(waits),
        left * each,
        "first come, first served, at the same speed",
        f"lower is better; at most {max(overtaken)} of the import were begun before it",
    )


def _line_up(owner: User, number: int, lane: Job.Lane) -> datetime:
    """Many waiting jobs of one owner, as if asked for one by one; when the first was begun."""
    now = timezone.now()
    head = [_photo_of(owner) for _ in range(WITH_BYTES)]
    rest = [_row_of(owner) for _ in range(number - WITH_BYTES)]
    Blob.objects.bulk_create(rest, batch_size=5000)
    Job.objects.bulk_create(
        [
            Job(
                owner=owner,
                blob=blob,
                kind=Job.Kind.PREPARE,
                lane=lane,
                turn=turn,
                due_at=now,
            )
            for turn, blob in enumerate([*head, *rest])
        ],
        batch_size=5000,
    )
    outbox.top_up(now=timezone.now())
    begun = Job.objects.filter(owner=owner, started_at__isnull=False)
    _until(begun.exists)
    return timezone.now()


def _ask_for(owner: User) -> Job:
    return outbox.request_job(blob=_photo_of(owner), kind=Job.Kind.PREPARE)


def _wait_of(job: Job) -> float:
    """Seconds from when the job was asked for until a worker began it."""
    _until(lambda: Job.objects.filter(pk=job.pk, started_at__isnull=False).exists())
    job.refresh_from_db()
    if job.started_at is None:
        raise RuntimeError("The job was begun and is not.")
    return (job.started_at - job.created_at).total_seconds()


def _somebody() -> User:
    return User.objects.create_user(f"fair-{next(NUMBERS)}@example.org")


def _photo_of(owner: User) -> Blob:
    """A small photo in the bucket, and its row."""
    file = io.BytesIO()
    Image.new("RGB", (400, 300), (next(NUMBERS) % 256, 120, 90)).save(file, "JPEG")
    blob = _row_of(owner, size=file.tell())
    s3.put(
        bucket=settings.ORIGINALS_BUCKET,
        key=blob.key,
        body=file.getvalue(),
        content_type=blob.content_type,
    )
    blob.save()
    return blob


def _row_of(owner: User, *, size: int = 1) -> Blob:
    key = f"originals/{owner.pk}/{next(NUMBERS)}/original"
    return Blob(owner=owner, key=key, size_bytes=size, content_type="image/jpeg")


def _waiting(lane: Job.Lane) -> int:
    return Job.objects.filter(lane=lane, state=Job.State.WAITING).count()


def _p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise RuntimeError(f"It did not happen in {PATIENCE_SECONDS} s.")
        time.sleep(0.02)
