"""Hold a job's lease while work is done on it, and learn when it is lost."""

import threading
import time
from types import TracebackType

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from processing import shutdown
from processing.models import Job

log = structlog.get_logger(__name__)

# So many chances to extend a lease before it ends, and how often progress is written down.
CHANCES = 4
BEAT_SECONDS = 3.0


class LeaseLost(Exception):
    """Another worker may have the job by now; what was made so far is dropped."""


class Lease:
    """The right to work on a job, kept alive by a thread for the length of a `with`."""

    def __init__(self, job: Job) -> None:
        self._job_id = job.pk
        self._job = Job(pk=job.pk, lease=job.lease)
        self._let_go = threading.Event()
        self._lost = False
        self._ends_at = time.monotonic() + settings.JOB_LEASE_SECONDS
        self._progress = job.progress
        self._thread = threading.Thread(target=self._keep, name=f"lease {job.pk}", daemon=True)

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._let_go.set()
        self._thread.join()

    def check(self) -> None:
        """Raise when work on the job has no sense any more. Cheap; ask often."""
        if shutdown.is_over():
            raise shutdown.Stopping
        if self._lost or time.monotonic() > self._ends_at:
            raise LeaseLost(f"job {self._job_id}")

    def hold(self) -> None:
        """Ask the row itself, and have nobody take the job until the present transaction ends.

        For rows that are written before the job's end: one who stood still for a while may have
        passed every `check`. Keep what follows short, since no beat comes through meanwhile.
        """
        row = Job.objects.select_for_update().filter(pk=self._job_id).held(self._job.lease)
        if row.first() is None:
            raise LeaseLost(f"job {self._job_id}")

    def note_progress(self, percent: int) -> None:
        """Remember how far the work is; written down with the next beat."""
        self._progress = max(self._progress, min(percent, 99))

    def note_share(self, done: float, whole: float, *, first: int = 0, last: int = 99) -> None:
        """Remember how far a part of the work is, which takes it from `first` to `last` percent."""
        share = min(1.0, max(0.0, done / whole)) if whole > 0 else 0.0
        self.note_progress(first + int((last - first) * share))

    def _keep(self) -> None:
        """Extend the lease until it is let go of. Runs in a thread with its own connection."""
        beats_every = min(settings.JOB_LEASE_SECONDS / CHANCES, BEAT_SECONDS)
        try:
            while not self._lost and not self._let_go.wait(beats_every):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        asked_at = time.monotonic()
        try:
            held = self._job.extend_lease(now=timezone.now(), progress=self._progress)
        except (DatabaseError, InterfaceError) as error:
            # Until the lease ends there are more chances.
            log.warning("lease_not_extended", job=str(self._job_id), error=str(error))
            connection.close()
            return
        if held:
            self._ends_at = asked_at + settings.JOB_LEASE_SECONDS
        else:
            self._lost = True
