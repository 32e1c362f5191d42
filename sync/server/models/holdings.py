"""Which bytes a folder holds, and which are on their way to it."""

import uuid
from datetime import datetime
from functools import lru_cache

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mediashare.storage.models import Blob
from sync.server.models.folders import Folder


class FolderBlobQuerySet(models.QuerySet["FolderBlob"]):
    def good(self) -> "FolderBlobQuerySet":
        """Those that may be given to people: not known to be other bytes."""
        return self.filter(spoiled_at=None)

    def spoiled(self) -> "FolderBlobQuerySet":
        return self.filter(spoiled_at__isnull=False)

    def untold(self) -> "FolderBlobQuerySet":
        """Spoiled ones of which nobody was told."""
        return self.spoiled().filter(told_at=None)

    def unverified(self) -> "FolderBlobQuerySet":
        """Those whose whole digest is only what their sender said."""
        return self.filter(verified_at=None, spoiled_at=None)


class FolderBlob(models.Model):
    """A folder holds these bytes: some version of some file in it has them, or soon will.

    The digest stands here too, since a blob that came in parts is only said to have it until it
    was read (`sync.server.verifying`). One that has another is spoiled, and given to nobody.
    """

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="holdings")
    sha256 = models.CharField(max_length=64, editable=False)
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="folder_blobs")
    chunks = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the list of its chunks."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(
        null=True, editable=False, help_text="When a change first named it; empty: it may go."
    )
    let_go_at = models.DateTimeField(
        null=True, editable=False, help_text="When nothing that is kept named it any more."
    )
    verified_at = models.DateTimeField(
        null=True, editable=False, help_text="When these bytes were known to have this digest."
    )
    spoiled_at = models.DateTimeField(
        null=True, editable=False, help_text="When they were found to be others, or gone."
    )
    told_at = models.DateTimeField(
        null=True, editable=False, help_text="When people were told that they are others, or gone."
    )
    read_until = models.DateTimeField(
        null=True, editable=False, help_text="Until when somebody may be reading them."
    )

    objects = FolderBlobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("folder", "sha256", name="folder_blob_once"),
        ]
        indexes = [
            models.Index("created_at", condition=Q(used_at=None), name="folder_blob_unused"),
            models.Index("folder", condition=Q(let_go_at__isnull=False), name="folder_blob_let_go"),
            models.Index(
                "created_at",
                condition=Q(verified_at=None, spoiled_at=None),
                name="folder_blob_unverified",
            ),
            models.Index(
                "folder", condition=Q(spoiled_at__isnull=False), name="folder_blob_spoiled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sha256} in {self.folder_id}"


class IncomingQuerySet(models.QuerySet["Incoming"]):
    def open(self) -> "IncomingQuerySet":
        return self.filter(ended_at=None)

    def expired(self, now: datetime) -> "IncomingQuerySet":
        """Those for which nobody holds an address or credentials any more."""
        return self.filter(expires_at__lte=now)


class Incoming(models.Model):
    """Bytes that somebody was let send to a folder. While it is open, their size is reserved.

    Its key is never used again: each request for leave has a batch of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="incoming")
    sender = models.CharField(max_length=36, help_text="The device, or else the person.")
    batch = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    multipart_id = models.CharField(
        max_length=1024, blank=True, help_text="Empty when the bytes come in one piece."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, help_text="When its room was given back, since other bytes were first."
    )

    objects = IncomingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "folder", "sha256", "sender", condition=Q(ended_at=None), name="incoming_once"
            ),
        ]
        indexes = [models.Index("expires_at", name="incoming_by_expiry")]

    def __str__(self) -> str:
        return self.key

    @property
    def prefix(self) -> str:
        return prefix_of(self.folder_id, self.batch)

    @property
    def key(self) -> str:
        return self.prefix + self.sha256


@lru_cache(maxsize=64)
def prefix_of(folder: uuid.UUID, batch: uuid.UUID) -> str:
    """Where what was let be sent by one request lies. Asked for each of hundreds of rows."""
    return f"folders/{folder}/{batch}/"
