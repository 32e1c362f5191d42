"""Do a lane's next job from claim to end. The one place that decides what every ending means.

| how it ended | the job then |
| --- | --- |
| made | done, with its rows, in one transaction |
| the owner has the same bytes | done: the blob gives way to the one that is there |
| the file refuses | failed at once, with the reason |
| S3, database or disk out of order | waits, longer each time, for ever |
| anything else, or the worker died | waits; after JOB_MAX_ATTEMPTS it fails |
| this worker must stop | given back at once |
| any way, but the lease was lost | nothing: cancelled, another worker's, or gone with its blob |
"""

import os
import socket
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from mediashare.aws.client import Refused as ForbiddenByStore
from mediashare.aws.client import Unavailable
from processing import kept, leftovers, outbox, run, scratch, shutdown, signals
from processing.archives.job import archive
from processing.checksum import Duplicate
from processing.films import job as films
from processing.lease import Lease, LeaseLost
from processing.models import Job
from processing.motion import make_motion
from processing.prepare import prepare
from processing.previewing import make_previews
from processing.reasons import OUR_FAULT, WORKER_DIED, Refused
from processing.recipes.retries import delay_seconds
from processing.recordings import make_recording
from processing.streaming import make_segments, make_sound
from processing.strip import strip
from processing.verify import verify

log = structlog.get_logger(__name__)

# A piece of work makes things, and gives back what then writes their rows.
Result = Callable[[], None]
WORK: dict[str, Callable[[Job, Path, Lease], Result]] = {
    Job.Kind.PREPARE: prepare,
    Job.Kind.MOTION: make_motion,
    Job.Kind.ARCHIVE: archive,
    Job.Kind.STRIP: strip,
    Job.Kind.SEGMENT: make_segments,
    Job.Kind.AUDIO: make_sound,
    Job.Kind.FILM: films.make,
    Job.Kind.PREVIEWS: make_previews,
    Job.Kind.RECORDING: make_recording,
    Job.Kind.VERIFY: verify,
}
# Nobody's file is to blame for these, and waiting mends them.
OUTAGES = (
    *(Unavailable, ForbiddenByStore, OperationalError, InterfaceError),
    *(scratch.NoRoom, run.DiskFull),
)
DATABASE_AWAY = (OperationalError, InterfaceError)
ASK_AGAIN_SECONDS = 2.0


def do_next(lane: str) -> None:
    """Do the job whose turn it is in a lane. A message that comes for nothing does nothing."""
    with shutdown.deferred(), leftovers.noting() as keys:
        job = Job.objects.claim_next(lane=lane, worker=_me(), now=timezone.now())
        if job is None:
            log.debug("lane_is_empty", lane=lane)
            return
        try:
            _do(job)
        except LeaseLost:
            log.warning("lease_lost", job=str(job.pk), kind=job.kind)
            if job.blob_id:
                leftovers.drop_what_is_left_of(job.blob_id)
            leftovers.drop_what_was_cancelled(job, keys)


def _do(job: Job) -> None:
    """Bring a job to an end of any kind. Raises LeaseLost when that is another's by now."""
    started = time.monotonic()
    if job.attempts > settings.JOB_MAX_ATTEMPTS:
        _fail(job, WORKER_DIED, f"begun {job.attempts - 1} times, and no worker came back")
        return
    # No child outlives its owner's turn, whatever the next job does.
    kept.let_go(unless=job.owner_id)
    try:
        with Lease(job) as lease, scratch.folder() as folder, run.children_stay_in(folder):
            result = _made(job, folder, lease)
            lease.check()
            _with_patience(lease, lambda: _finish(job, result))
    except LeaseLost:
        raise
    except shutdown.Stopping:
        _end(job, lambda: job.give_back(now=timezone.now()))
        outbox.post_quietly(job)
    except Refused as refusal:
        _fail(job, refusal.reason, refusal.detail)
        log.info("file_refused", job=str(job.pk), kind=job.kind, reason=refusal.reason)
    except OUTAGES as error:
        _wait_out(job, error)
        log.warning("job_waits_out", job=str(job.pk), kind=job.kind, error=str(error))
    except Exception:
        _retry_or_fail(job, traceback.format_exc())
        log.exception("job_surprised", job=str(job.pk), kind=job.kind)
    else:
        seconds = round(time.monotonic() - started, 3)
        log.info("job_done", job=str(job.pk), kind=job.kind, seconds=seconds)


def _made(job: Job, folder: Path, lease: Lease) -> Result:
    try:
        return WORK[job.kind](job, folder, lease)
    except Duplicate as duplicate:
        return duplicate.give_way


def _finish(job: Job, result: Result) -> None:
    with transaction.atomic():
        # First, since it locks the row: a twin that took over cannot write beside us.
        if not job.finish(now=timezone.now()):
            raise LeaseLost(f"job {job.pk}")
        result()
        signals.processed.send(sender=Job, job=job, blob=job.blob)


def _with_patience(lease: Lease, finish: Callable[[], None]) -> None:
    """An hour's work is not thrown away because the database restarts just now."""
    while True:
        try:
            return finish()
        except DATABASE_AWAY as error:
            log.warning("database_away", error=str(error))
            connection.close()
            time.sleep(ASK_AGAIN_SECONDS)
            lease.check()


def _end(job: Job, change: Callable[[], bool]) -> None:
    """End the job another way, and tell. Without a database the lease runs out instead.

    Raises LeaseLost: whatever went wrong for one whose job is another's by now may be that
    other's doing, as parts that were joined meanwhile, and says nothing of the file or of us.
    """
    for is_last in (False, True):
        try:
            with transaction.atomic():
                if not change():
                    raise LeaseLost(f"job {job.pk}")
                signals.processed.send(sender=Job, job=job, blob=job.blob)
            return
        except DATABASE_AWAY as error:
            # It may be the connection alone, of before a restart.
            connection.close()
            if is_last:
                log.warning("job_left_to_its_lease", job=str(job.pk), error=str(error))


def _fail(job: Job, reason: str, detail: str) -> None:
    _end(job, lambda: job.fail(reason, detail=detail, now=timezone.now()))


def _wait_out(job: Job, error: Exception) -> None:
    seconds = delay_seconds(settings.JOB_RETRY_SECONDS, job.setbacks)
    due_at = timezone.now() + timedelta(seconds=seconds)
    _end(job, lambda: job.wait_out(due_at=due_at, detail=f"{type(error).__name__}: {error}"))


def _retry_or_fail(job: Job, detail: str) -> None:
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _fail(job, OUR_FAULT, detail)
        return
    seconds = delay_seconds(settings.JOB_RETRY_SECONDS, job.attempts - 1)
    due_at = timezone.now() + timedelta(seconds=seconds)
    _end(job, lambda: job.retry_later(due_at=due_at, detail=detail))


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:100]
