"""Folders, and who may do what in them. What is in a folder, its journal knows."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Folder(models.Model):
    """A tree of files that is kept equal on many computers. Its bytes count on its owner."""

    class Kind(models.TextChoices):
        FOLDER = "folder"
        ALBUM = "album", "what an album shows; everybody reads it, and nobody writes to it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.FOLDER, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="folders")
    name = models.CharField(max_length=100)
    history_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How long what was is kept; empty: as long as elsewhere."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def kept_days(self) -> int:
        """How long versions and deleted files are kept."""
        return self.history_days or int(settings.SYNC_HISTORY_DAYS)

    def history_begins(self, now: datetime) -> datetime:
        """From then on everything can be had that the folder ever was."""
        return now - timedelta(days=self.kept_days)

    @property
    def prefix(self) -> str:
        """Where its bytes are in the originals bucket; nothing else is there."""
        return f"folders/{self.pk}/"


class Member(models.Model):
    """Somebody in a folder. Its owner is a member too, the only one of that role."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        EDITOR = "editor", "Editor"
        READER = "reader", "Reader"

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("folder", "user", name="member_once_in_a_folder"),
            models.UniqueConstraint(
                "folder", condition=Q(role="owner"), name="folder_has_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.folder}"

    @property
    def may_write(self) -> bool:
        return self.role != self.Role.READER
