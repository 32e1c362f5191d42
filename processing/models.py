"""Jobs, what they found out about a blob, and what they made of it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from mediashare.storage.models import Blob

DETAIL_LENGTH = 8000


class JobQuerySet(models.QuerySet["Job"]):
    def free(self, now: datetime) -> "JobQuerySet":
        """Jobs nobody is doing: waiting and due, or their worker's lease ran out."""
        due = Q(state=Job.State.WAITING, due_at__lte=now)
        abandoned = Q(state=Job.State.RUNNING, lease_until__lt=now)
        return self.filter(due | abandoned)

    def lost(self, now: datetime) -> "JobQuerySet":
        """Free jobs whose message must have gone astray.

        Each wait is as long as all before it, so that a long queue is not posted again and again.
        """
        patience = timedelta(seconds=settings.JOB_PATIENCE_SECONDS)
        return self.free(now).filter(posted_at__lt=now - patience - (F("posted_at") - F("due_at")))

    def held(self, lease: uuid.UUID | None) -> "JobQuerySet":
        """The job whose holder's lease this is; nothing once somebody else took it."""
        return self.filter(lease=lease, state=Job.State.RUNNING)


class Job(models.Model):
    """A piece of processing that is wanted, running, done or failed. The row is the outbox."""

    class Kind(models.TextChoices):
        PREPARE = "prepare", "look at the file; pictures and poster"
        TRANSCODE = "transcode", "video that plays in a browser"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blob = models.ForeignKey(Blob, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was begun and its worker died, or was surprised by it."
    )
    setbacks = models.PositiveSmallIntegerField(
        default=0,
        help_text="How often something around it was out of order. Never a reason to fail.",
    )
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    due_at = models.DateTimeField(default=timezone.now)
    posted_at = models.DateTimeField(default=timezone.now)
    lease = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    worker = models.CharField(max_length=100, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it failed, for people.")
    detail = models.TextField(blank=True, help_text="Why it failed, for engineers.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("blob", "kind", name="job_once_for_each_blob_and_kind"),
        ]
        indexes = [
            models.Index(
                "posted_at", condition=Q(state__in=["waiting", "running"]), name="job_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.blob_id} ({self.state})"

    def claim(self, *, worker: str, now: datetime) -> bool:
        """Take this job. True for exactly one caller until the lease ends."""
        taken = (
            Job.objects.free(now)
            .filter(pk=self.pk)
            .update(
                state=Job.State.RUNNING,
                lease=uuid.uuid4(),
                lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS),
                worker=worker,
                attempts=F("attempts") + 1,
                progress=0,
                started_at=now,
                ended_at=None,
                reason="",
                detail="",
            )
        )
        if taken:
            self.refresh_from_db()
        return taken == 1

    # What follows is for the holder of the lease: each answers False, and changes
    # nothing, when the lease is somebody else's by now.

    def extend_lease(self, *, now: datetime, progress: int) -> bool:
        """Hold on to it, and say how many percent are done."""
        return self._change(
            lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS), progress=progress
        )

    def finish(self, *, now: datetime) -> bool:
        return self._end(state=Job.State.DONE, progress=100, setbacks=0, ended_at=now)

    def fail(self, reason: str, *, detail: str = "", now: datetime) -> bool:
        """Fail for good: only a person's wish tries it again."""
        # PostgreSQL stores no NUL in text, and engineers read the end of a long log.
        clean = detail.replace("\0", "")[-DETAIL_LENGTH:]
        return self._end(state=Job.State.FAILED, reason=reason, detail=clean, ended_at=now)

    def retry_later(self, *, due_at: datetime, detail: str) -> bool:
        """Wait and try again. The attempt counts: the file itself may be the cause."""
        return self._wait(due_at=due_at, detail=detail.replace("\0", "")[-DETAIL_LENGTH:])

    def wait_out(self, *, due_at: datetime, detail: str) -> bool:
        """Wait until something around the job is in order again; the attempt does not count."""
        return self._wait(
            due_at=due_at,
            detail=detail.replace("\0", "")[-DETAIL_LENGTH:],
            attempts=F("attempts") - 1,
            # A counter that only sets the delay need not grow without end.
            setbacks=Least(F("setbacks") + 1, 30),
        )

    def give_back(self, *, now: datetime) -> bool:
        """Let another worker take it at once, as if this one never had."""
        return self._wait(due_at=now, attempts=F("attempts") - 1)

    def _wait(self, **fields: object) -> bool:
        return self._end(state=Job.State.WAITING, progress=0, **fields)

    def _end(self, **fields: object) -> bool:
        ended = self._change(lease=None, lease_until=None, **fields)
        if ended:
            # Not the lease itself: the transaction around this may be undone and done again.
            self.refresh_from_db(fields=[*fields, "lease_until"])
        return ended

    def _change(self, **fields: object) -> bool:
        return Job.objects.filter(pk=self.pk).held(self.lease).update(**fields) == 1


class MediaInfo(models.Model):
    """What a blob turned out to be. Sizes are of the upright picture, in pixels."""

    class Kind(models.TextChoices):
        PHOTO = "photo"
        VIDEO = "video"

    blob = models.OneToOneField(Blob, models.CASCADE, primary_key=True, related_name="media_info")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    format = models.CharField(max_length=40, help_text="Container or picture format, as jpeg, mp4.")
    codec = models.CharField(max_length=40, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    duration_seconds = models.FloatField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_offset_minutes = models.SmallIntegerField(
        null=True, blank=True, help_text="The clock's distance from UTC where it was taken."
    )
    camera = models.CharField(max_length=120, blank=True)
    lens = models.CharField(max_length=120, blank=True)
    exposure = models.CharField(max_length=80, blank=True, help_text="As 1/250 s, f/2.8, ISO 100.")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    thumbhash = models.CharField(max_length=48, blank=True, help_text="Base64.")

    def __str__(self) -> str:
        return f"{self.kind} {self.width}x{self.height}"


class Rendition(models.Model):
    """Something made from a blob. Its key follows from blob, recipe and version."""

    class Role(models.TextChoices):
        IMAGE = "image", "picture or poster"
        VIDEO = "video", "playable video"

    blob = models.ForeignKey(Blob, models.CASCADE, related_name="renditions")
    role = models.CharField(max_length=10, choices=Role.choices)
    recipe = models.CharField(max_length=40, help_text="As image-640 or video-720.")
    version = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=300, unique=True)
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("blob", "recipe", name="rendition_once_for_each_recipe"),
        ]

    def __str__(self) -> str:
        return self.key
