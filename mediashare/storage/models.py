"""Blobs, which are immutable bytes in S3, and the uploads that bring them in."""

import uuid
from contextlib import nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils import timezone


class BlobQuerySet(models.QuerySet["Blob"]):
    def held(self) -> "BlobQuerySet":
        """Blobs whose bytes are there to stay; a doomed one may have lost them already."""
        return self.filter(doomed_at__isnull=True)

    def unreferenced(self) -> "BlobQuerySet":
        """Blobs that nobody protects. A foreign key that protects its blob is a use of it."""
        used = {
            f"{relation.name}__isnull": True
            for relation in Blob._meta.related_objects
            if relation.on_delete is models.PROTECT
        }
        return self.filter(**used)


class Blob(models.Model):
    """Immutable bytes in the originals bucket: never moved, never overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="blobs")
    key = models.CharField(max_length=300, unique=True, editable=False)
    size_bytes = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hex. Declared, then checked."
    )
    sha256_checked_at = models.DateTimeField(null=True, editable=False)
    content_type = models.CharField(max_length=100, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    doomed_at = models.DateTimeField(
        null=True, editable=False, help_text="When its bytes began to be deleted."
    )

    objects = BlobQuerySet.as_manager()

    class Meta:
        constraints = [
            # An empty digest is not known yet; a known one is stored once for each owner.
            models.UniqueConstraint(
                "owner",
                "sha256",
                condition=~Q(sha256="") & Q(doomed_at__isnull=True),
                name="blob_once_for_each_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def note_digest(self, sha256: str, *, now: datetime) -> "Blob | None":
        """Remember the SHA-256 (hex) that was read off the whole file.

        Gives the owner's other blob with the same bytes if there is one, which keeps the digest.
        What was declared for this blob or another, and never checked, gives way to what was read.
        """
        row = Blob.objects.filter(pk=self.pk)
        others = Blob.objects.held().filter(owner=self.owner_id, sha256=sha256)
        others = others.exclude(pk=self.pk)
        while True:
            try:
                # One statement alone needs no transaction; amid others it must not end theirs.
                with transaction.atomic() if connection.in_atomic_block else nullcontext():
                    row.update(sha256=sha256, sha256_checked_at=now)
            except IntegrityError:
                if others.filter(sha256_checked_at=None).update(sha256=""):
                    continue
                # Looked for once more, since it may have been doomed just now.
                if held := others.first():
                    row.update(sha256="", sha256_checked_at=now)
                    return held
            else:
                return None

    def forget_digest(self) -> None:
        """Its bytes are lost: the same file may come again, and is no duplicate."""
        Blob.objects.filter(pk=self.pk).update(sha256="", sha256_checked_at=None)


class UploadQuerySet(models.QuerySet["Upload"]):
    def open(self) -> "UploadQuerySet":
        return self.filter(state=Upload.State.OPEN)

    def abandoned(self, now: datetime) -> "UploadQuerySet":
        return self.open().filter(expires_at__lte=now)

    def leftover(self, now: datetime) -> "UploadQuerySet":
        """Ended uploads whose key may still hold bytes, now that nobody can send more."""
        life = timedelta(seconds=settings.UPLOAD_CREDENTIALS_SECONDS)
        return self.exclude(state=Upload.State.OPEN).filter(
            ended_at__lt=now - life, cleared_at__isnull=True
        )


class Upload(models.Model):
    """One attempt to bring a blob in. While it is open its size is reserved from the quota."""

    class State(models.TextChoices):
        OPEN = "open"
        COMPLETE = "complete"
        ABORTED = "aborted"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    blob = models.ForeignKey(Blob, models.SET_NULL, null=True, blank=True, related_name="uploads")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    key = models.CharField(max_length=300, unique=True, editable=False)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    part_size = models.PositiveBigIntegerField()
    multipart_id = models.CharField(
        max_length=1024, blank=True, help_text="Empty when the bytes come in one piece."
    )
    modified_at = models.DateTimeField(
        null=True, blank=True, help_text="When the file was last changed, as its owner's disk says."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its key was known to hold nothing but a blob. Empty means look again.",
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("expires_at", condition=Q(state="open"), name="upload_open_by_expiry"),
            models.Index("owner", "size_bytes", condition=Q(state="open"), name="upload_resumable"),
            models.Index(
                "ended_at",
                condition=~Q(state="open") & Q(cleared_at__isnull=True),
                name="upload_leftover",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"
