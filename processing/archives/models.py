"""Archives, and a snapshot of what is to be in each while it is being written."""

import uuid
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import models
from django.utils import timezone

from mediashare.storage.models import Blob
from mediashare.storage.parts import Cut, cut
from processing.models import Job
from processing.recipes import zip_layout

State = Literal["making", "ready", "failed"]


class ArchiveQuerySet(models.QuerySet["Archive"]):
    def kept(self, now: datetime) -> "ArchiveQuerySet":
        return self.filter(expires_at__gt=now)

    def expired(self, now: datetime) -> "ArchiveQuerySet":
        return self.filter(expires_at__lte=now)

    def usable(self, now: datetime) -> "ArchiveQuerySet":
        """Those that are there, or will be."""
        lost = [Job.State.FAILED, Job.State.CANCELLED]
        there = self.kept(now)
        return there.filter(ready_at__isnull=False) | there.exclude(job__state__in=lost)

    def making(self, now: datetime) -> "ArchiveQuerySet":
        return self.usable(now).filter(ready_at__isnull=True)


class Archive(models.Model):
    """A ZIP that somebody wants. What goes into it is decided by whoever knows items."""

    class Kind(models.TextChoices):
        ALBUM = "album", "an album"
        SELECTION = "selection", "some items"
        TAKEOUT = "takeout", "everything"
        FOLDER = "folder", "a folder"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="archives")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=255, help_text="Of the file that is downloaded.")
    contents = models.JSONField(default=dict, help_text="Ids of what is wanted, for its kind.")
    fingerprint = models.CharField(
        max_length=64, db_index=True, help_text="The same for two archives of the same content."
    )
    is_for_visitors = models.BooleanField(
        default=False, help_text="Without what only the owner may know."
    )
    with_place = models.BooleanField(default=True, help_text="Where the pictures were taken.")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="archives")
    listed_at = models.DateTimeField(null=True, help_text="When its entries were written down.")
    looked_at = models.DateTimeField(
        null=True, help_text="When the place was found in every file, or need not be."
    )
    multipart_id = models.CharField(max_length=1024, blank=True)
    entry_count = models.PositiveIntegerField(default=0)
    directory_offset = models.PositiveBigIntegerField(default=0)
    directory_bytes = models.PositiveBigIntegerField(default=0)
    steps_done = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list, help_text="[name, why] of what could not be had.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    begun_at = models.DateTimeField(null=True, help_text="When bytes were first written.")
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When a mail said that it is ready.")

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("owner", "created_at", name="archive_by_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return f"archives/{self.pk}/archive.zip"

    @property
    def size_bytes(self) -> int:
        """Of the whole file; known as soon as its entries are."""
        return self.directory_offset + self.directory_bytes + len(self.ending())

    @property
    def cut(self) -> Cut:
        return cut(self.size_bytes)

    @property
    def directory_part(self) -> int:
        """The part, counted from 0, in which the directory begins."""
        return self.directory_offset // self.cut.part_size

    @property
    def state(self) -> State:
        if self.ready_at:
            return "ready"
        if self.job is None or self.job.state in {Job.State.FAILED, Job.State.CANCELLED}:
            return "failed"
        return "making"

    @property
    def reason(self) -> str:
        """Why it failed, for people."""
        return self.job.reason if self.job and self.state == "failed" else ""

    @property
    def done_bytes(self) -> int:
        if self.ready_at:
            return self.size_bytes
        return min(self.steps_done * self.cut.part_size, self.size_bytes) if self.listed_at else 0

    @property
    def percent(self) -> int:
        return 100 * self.done_bytes // self.size_bytes if self.listed_at else 0

    def seconds_left(self, now: datetime) -> float | None:
        """By the pace so far; None until there is one."""
        if self.begun_at is None or self.ready_at or not self.done_bytes:
            return None
        pace = (now - self.begun_at).total_seconds() / self.done_bytes
        return pace * (self.size_bytes - self.done_bytes)

    def ending(self) -> bytes:
        return zip_layout.ending(
            entries=self.entry_count,
            offset=self.directory_offset,
            directory_bytes=self.directory_bytes,
        )


class ArchiveEntry(models.Model):
    """A file of an archive that is being written. Gone when it is ready.

    It protects its blob, so that what was promised is not deleted while it is copied.
    """

    archive = models.ForeignKey(Archive, models.CASCADE, related_name="entries")
    name = models.TextField(help_text="Its path in the archive.")
    blob = models.ForeignKey(
        Blob, models.PROTECT, null=True, related_name="archive_entries", help_text="Else `text`."
    )
    text = models.TextField(blank=True)
    size_bytes = models.PositiveBigIntegerField()
    modified_at = models.DateTimeField()
    clock_minutes = models.SmallIntegerField(default=0)
    offset = models.PositiveBigIntegerField(help_text="Where its header begins.")
    directory_at = models.PositiveBigIntegerField(
        help_text="Where its record is, in the directory."
    )
    crc32 = models.PositiveBigIntegerField(default=0, help_text="Of its bytes from `crc_from` on.")
    crc_from = models.PositiveBigIntegerField()

    class Meta:
        indexes = [
            models.Index("archive", "offset", name="archive_entry_order"),
            models.Index("archive", "directory_at", name="archive_entry_directory"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def layout(self) -> zip_layout.Entry:
        return zip_layout.Entry(
            name=self.name,
            size_bytes=self.size_bytes,
            modified_at=self.modified_at,
            offset=self.offset,
            crc32=self.crc32,
            clock_minutes=self.clock_minutes,
        )


class ArchivePart(models.Model):
    """A part that the store has; not every store tells its digest again. Gone with the entries."""

    archive = models.ForeignKey(Archive, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField(help_text="The first is 1.")
    sha256 = models.CharField(max_length=44, help_text="Base64.")

    class Meta:
        constraints = [
            models.UniqueConstraint("archive", "number", name="archive_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.archive_id}"
