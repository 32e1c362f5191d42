"""Jobs, what they found out about a blob, and what they made of it."""

import json
import uuid
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Least
from django.utils import timezone

from mediashare.storage.models import Blob
from processing.recipes import versions

DETAIL_LENGTH = 8000
# In one statement, since each photo waits for it: what a dead worker left, else what is due.
CLAIM = """
UPDATE processing_job SET state = 'running', lease = %(lease)s, lease_until = %(until)s,
    worker = %(worker)s, attempts = attempts + 1, started_at = %(now)s, ended_at = NULL
WHERE id = COALESCE(
    (SELECT id FROM processing_job
     WHERE state = 'running' AND lease_until < %(now)s AND lane = %(lane)s
     ORDER BY turn, created_at LIMIT 1 FOR UPDATE SKIP LOCKED),
    (SELECT id FROM processing_job
     WHERE state = 'waiting' AND due_at <= %(now)s AND lane = %(lane)s
     ORDER BY turn, created_at LIMIT 1 FOR UPDATE SKIP LOCKED))
RETURNING *
"""
# The same of the end that nearly every job comes to.
FINISH = """
UPDATE processing_job SET state = 'done', standing = '', version = %(version)s, progress = 100,
    setbacks = 0, reason = '', detail = '', ended_at = %(now)s, lease = NULL, lease_until = NULL
WHERE id = %(id)s AND lease = %(lease)s AND state = 'running'
"""
# Workers say that they live four times as often.
SEEN_WITHIN = timedelta(seconds=60)
# What has become of a fleet is told by those that left it, for longer than any cool-down.
REMEMBERED = timedelta(minutes=15)


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, now: datetime) -> "JobQuerySet":
        """Jobs that wait, and whose time has come."""
        return self.filter(state=Job.State.WAITING, due_at__lte=now)

    def abandoned(self, now: datetime) -> "JobQuerySet":
        """Jobs whose worker's lease ran out."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=now)

    def held(self, lease: uuid.UUID | None) -> "JobQuerySet":
        """The job whose holder's lease this is; nothing once somebody else took it."""
        return self.filter(lease=lease, state=Job.State.RUNNING)

    def next_turn(self, *, owner_id: uuid.UUID, lane: str, now: datetime) -> int:
        """The turn of an owner's new job: one round after the owner's last, none before today's.

        Whoever has nothing waiting comes into the round that is being served now, so that nobody
        waits for more than one job of each other owner, however many theirs are. A job that was
        begun before and came back has an early turn, which says nothing of the present round.
        """
        line = self.filter(lane=lane, state=Job.State.WAITING)
        fresh = line.due(now).filter(started_at=None)
        served = fresh.order_by("turn").values_list("turn", flat=True).first()
        last = line.filter(owner=owner_id).order_by("-turn").values_list("turn", flat=True).first()
        return max(served or 0, 0 if last is None else last + 1)

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])

    def unsuccessful(self) -> "JobQuerySet":
        """What did not come to anything: failed or cancelled, and nothing made before stands."""
        return self.filter(state__in=[Job.State.FAILED, Job.State.CANCELLED], standing="")

    def claim_next(self, *, lane: str, worker: str, now: datetime) -> "Job | None":
        """Take the free job of a lane whose turn it is; None when there is none."""
        until = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
        wanted = {"lane": lane, "worker": worker, "now": now, "until": until, "lease": uuid.uuid4()}
        return next(iter(self.raw(CLAIM, wanted)), None)


class Job(models.Model):
    """A piece of processing that is wanted, running, done or failed. The row is the outbox."""

    class Kind(models.TextChoices):
        PREPARE = "prepare", "look at the file; pictures and poster"
        MOTION = "motion", "what moves in a photo, as a small film"
        SEGMENT = "segment", "a piece of video for streaming"
        AUDIO = "audio", "sound for streaming"
        RECORDING = "recording", "a sound file that plays everywhere"
        PREVIEWS = "previews", "a moving preview of a video, and a sheet for seeking"
        VERIFY = "verify", "compare every byte with what was declared"
        STRIP = "strip", "a copy of the original without its place"
        ARCHIVE = "archive", "a ZIP of many originals"
        FILM = "film", "a film of an album"

    class Lane(models.TextChoices):
        INTERACTIVE = "interactive", "somebody is looking at the page"
        MEDIA = "media", "somebody will come back"
        BULK = "bulk", "nobody waits"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs")
    blob = models.ForeignKey(
        Blob,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="jobs",
        help_text="Empty for what is made of many.",
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    part = models.CharField(
        max_length=40, blank=True, help_text="Which piece, when one blob has many of a kind."
    )
    pieces = models.PositiveIntegerField(
        default=1, help_text="How many of its kind its blob will have, as far as that is planned."
    )
    lane = models.CharField(max_length=12, choices=Lane.choices)
    turn = models.BigIntegerField(
        default=0, help_text="In which round of its lane; each owner has one job in a round."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    arguments = models.JSONField(default=dict, blank=True, help_text="What exactly is wanted.")
    result = models.JSONField(default=dict, blank=True, help_text="What others need to know.")
    standing = models.CharField(
        max_length=10,
        blank=True,
        choices=[(State.DONE, "done"), (State.FAILED, "failed")],
        help_text="While it is done anew: the earlier outcome, which counts until then.",
    )
    version = models.PositiveSmallIntegerField(
        default=0, help_text="Of the recipes that its outcome came from."
    )
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was begun and its worker died, or was surprised by it."
    )
    setbacks = models.PositiveSmallIntegerField(
        default=0,
        help_text="How often something around it was out of order. Never a reason to fail.",
    )
    progress = models.PositiveSmallIntegerField(
        default=0, help_text="Percent, at its furthest: a second attempt does not take it back."
    )
    due_at = models.DateTimeField(default=timezone.now)
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
            models.UniqueConstraint("blob", "kind", "part", name="job_once_for_each_part"),
        ]
        indexes = [
            # What comes after the order is looked at in the index, not in the rows.
            models.Index(
                *("lane", "turn", "created_at", "due_at", "started_at"),
                condition=Q(state="waiting"),
                name="job_line",
            ),
            models.Index(
                "lane", "owner", "turn", condition=Q(state="waiting"), name="job_line_of_owner"
            ),
            models.Index("lease_until", condition=Q(state="running"), name="job_running"),
            models.Index("owner", F("created_at").desc(), name="job_by_owner"),
            models.Index("owner", "state", "blob", condition=~Q(state="done"), name="job_not_done"),
            models.Index(
                "owner", F("ended_at").desc(), condition=Q(state="done"), name="job_done_by_owner"
            ),
            models.Index(
                "lane", F("ended_at").desc(), condition=Q(state="done"), name="job_done_by_lane"
            ),
            models.Index(
                "lane", F("ended_at").desc(), condition=Q(state="failed"), name="job_failed"
            ),
            models.Index(
                "kind", "version", condition=Q(state__in=["done", "failed"]), name="job_by_version"
            ),
            models.Index(F("created_at").desc(), name="job_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.part} {self.blob_id or self.owner_id} ({self.state})"

    @property
    def original(self) -> Blob:
        """The blob it is about. Raises ValueError for a job that is about many."""
        if self.blob is None:
            raise ValueError(f"job {self.pk} is about no single blob")
        return self.blob

    @property
    def outcome(self) -> str:
        """The state that counts for whoever looks at the blob."""
        return self.standing or self.state

    # What follows is for the holder of the lease: each answers False, and changes
    # nothing, when the lease is somebody else's by now.

    def extend_lease(self, *, now: datetime, progress: int) -> bool:
        """Hold on to it, and say how many percent are done."""
        return self._change(
            lease_until=now + timedelta(seconds=settings.JOB_LEASE_SECONDS), progress=progress
        )

    def finish(self, *, now: datetime) -> bool:
        version = versions.of(self.kind)
        with connection.cursor() as cursor:
            wanted = {"id": self.pk, "lease": self.lease, "version": version, "now": now}
            cursor.execute(FINISH, wanted)
            if cursor.rowcount != 1:
                return False
        # As below: neither the lease itself nor what stood until now.
        self.lease_until, self.ended_at = None, now
        self.state, self.version, self.progress = Job.State.DONE, version, 100
        self.setbacks, self.reason, self.detail = 0, "", ""
        return True

    def fail(self, reason: str, *, detail: str = "", now: datetime) -> bool:
        """Fail for good: only a person's wish or a newer recipe tries it again.

        What was made before stands.
        """
        return self._end(
            state=Job.State.FAILED,
            standing=Job.State.DONE if self.standing == Job.State.DONE else "",
            version=versions.of(self.kind),
            reason=reason,
            # PostgreSQL stores no NUL in text, and engineers read the end of a long log.
            detail=detail.replace("\0", "")[-DETAIL_LENGTH:],
            ended_at=now,
        )

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
        return self._end(state=Job.State.WAITING, **fields)

    def _end(self, **fields: object) -> bool:
        ended = self._change(lease=None, lease_until=None, **fields)
        if ended:
            # Not the lease itself: the transaction around this may be undone and done again. Nor
            # what stood until now: what comes after this job goes by it.
            self.lease_until = None
            counted = [name for name, value in fields.items() if isinstance(value, Combinable)]
            for name in fields.keys() - {"standing", *counted}:
                setattr(self, name, fields[name])
            if counted:
                self.refresh_from_db(fields=counted)
        return ended

    def _change(self, **fields: object) -> bool:
        return Job.objects.filter(pk=self.pk).held(self.lease).update(**fields) == 1


class WorkerQuerySet(models.QuerySet["Worker"]):
    def forgettable(self, now: datetime) -> "WorkerQuerySet":
        return self.filter(seen_at__lt=now - REMEMBERED)


class Worker(models.Model):
    """A worker, by its own word. Brokers cannot all be asked who listens to them."""

    name = models.CharField(primary_key=True, max_length=100, help_text="Host and process.")
    lanes = models.JSONField(default=list, help_text="Those that it serves, or served at last.")
    slots = models.PositiveSmallIntegerField(help_text="How many jobs it can do at once.")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, help_text="Since when it takes nothing more.")

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def ended_at(self, now: datetime) -> datetime | None:
        """When it took its leave, or died without a word; None while it serves its lanes."""
        silent_at = self.seen_at + SEEN_WITHIN
        return self.left_at or (silent_at if silent_at < now else None)


class MediaInfo(models.Model):
    """What a blob turned out to be. Sizes are of the upright picture, in pixels; 0 for sound."""

    class Kind(models.TextChoices):
        PHOTO = "photo"
        VIDEO = "video"
        AUDIO = "audio"

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
    date_source = models.CharField(max_length=20, blank=True, help_text="What the date is from.")
    camera = models.CharField(max_length=120, blank=True)
    lens = models.CharField(max_length=120, blank=True)
    exposure = models.CharField(max_length=80, blank=True, help_text="As 1/250 s, f/2.8, ISO 100.")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True, help_text='As "Lisbon, Portugal".')
    country_code = models.CharField(max_length=2, blank=True)
    description = models.TextField(max_length=2000, blank=True)
    keywords = models.JSONField(default=list, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5.")
    live_id = models.CharField(
        max_length=36, blank=True, help_text="What both files of a Live Photo have in common."
    )
    colour = models.CharField(max_length=40, blank=True, help_text="As sRGB or Display P3.")
    is_animated = models.BooleanField(default=False)
    thumbhash = models.CharField(max_length=48, blank=True, help_text="Base64.")
    phash = models.BigIntegerField(null=True, blank=True, help_text="How it looks, in 64 bits.")
    privacy = models.JSONField(
        default=dict, blank=True, help_text="Where in the file its place is written."
    )

    class Meta:
        indexes = [models.Index("live_id", condition=~Q(live_id=""), name="media_by_live_id")]

    def __str__(self) -> str:
        return f"{self.kind} {self.width}x{self.height}"


class Rendition(models.Model):
    """Something made from a blob. Its key follows from blob, recipe and version."""

    class Role(models.TextChoices):
        IMAGE = "image", "picture or poster"
        MOTION = "motion", "the moving part of a photo"
        PREVIEW = "preview", "a few moving seconds of a video"
        STORYBOARD = "storyboard", "a sheet of small frames for seeking"
        AUDIO = "audio", "playable sound"
        COPY = "copy", "the original without its place"

    blob = models.ForeignKey(Blob, models.CASCADE, related_name="renditions")
    role = models.CharField(max_length=10, choices=Role.choices)
    recipe = models.CharField(max_length=40, help_text="As image-640 or hover.")
    version = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=300, unique=True)
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    sheet = models.JSONField(
        default=dict,
        blank=True,
        help_text="Of a storyboard: how many `columns`, `width` and `height` of one frame, "
        "and `starts`, the second from which each is shown.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("blob", "recipe", name="rendition_once_for_each_recipe"),
        ]

    def __str__(self) -> str:
        return self.key


class Track(models.Model):
    """One track of a blob's stream: pictures of one size, or sound. Kept as pieces of files.

    Whoever plays it gets a playlist (RFC 8216) that is made of `segments` when it is asked for.
    """

    blob = models.ForeignKey(Blob, models.CASCADE, related_name="tracks")
    name = models.CharField(max_length=20, help_text="As 720, source or audio.")
    version = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=300, help_text="What the keys of its files begin with.")
    codecs = models.CharField(max_length=80, help_text="As avc1.64001f (RFC 6381).")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    frame_rate = models.FloatField(null=True, blank=True)
    bandwidth = models.PositiveIntegerField(help_text="Bits per second of its fattest segment.")
    average_bandwidth = models.PositiveIntegerField(help_text="Bits per second over all of it.")
    size_bytes = models.PositiveBigIntegerField()
    segments = models.JSONField(
        help_text="[file, offset, length, seconds] each, in order; the first is the head, of 0 s."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("blob", "name", name="track_once_for_each_name"),
        ]
        indexes = [models.Index("prefix", name="track_by_prefix")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


class Leftover(models.Model):
    """What was stored and then replaced: kept while an open page may still show it."""

    key = models.CharField(max_length=300, unique=True)
    replaced_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.key


class Ladder(models.Model):
    """What is made of a video for streaming, decided once. Whoever joins its pieces locks it."""

    blob = models.OneToOneField(Blob, models.CASCADE, primary_key=True, related_name="ladder")
    version = models.PositiveSmallIntegerField()
    plan = models.JSONField(help_text="processing.recipes.ladder.Plan")
    is_old = models.BooleanField(
        default=False, help_text="All of it is to be made anew when the video is looked at again."
    )
    remade = models.PositiveSmallIntegerField(default=0, help_text="How often it was planned anew.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"ladder {self.version} of {self.blob_id}"

    @property
    def edition(self) -> str:
        """Names this plan, made by this version: its files lie beside those of any other."""
        again = [self.remade] if self.remade else []
        written = json.dumps([self.version, self.plan, *again], sort_keys=True)
        return f"v{self.version}-{sha256(written.encode()).hexdigest()[:12]}"
