"""Who is asked into a folder, and what happened to its people. Neither is in the journal."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from sync.server.models.folders import Folder, Member


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        inviter_may = {"invited_by__is_active": True, "folder__deleted_at": None}
        return self.filter(expires_at__gt=now, **inviter_may)


class Invitation(models.Model):
    """Somebody is asked in by mail. The row goes with its answer: it can be accepted once."""

    LIFETIME = timedelta(days=14)

    class Role(models.TextChoices):
        EDITOR = Member.Role.EDITOR.value, "Editor"
        READER = Member.Role.READER.value, "Reader"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=6, choices=Role.choices)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint("folder", Lower("email"), name="invited_once_to_a_folder"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.folder_id}"


class FolderEvent(models.Model):
    """What happened to a folder as such, or to its people. Written once, never changed."""

    class Kind(models.TextChoices):
        RENAMED = "renamed", "renamed the folder"
        INVITED = "invited", "invited"
        JOINED = "joined", "joined"
        ROLE = "role", "changed a role"
        REMOVED = "removed", "removed"
        LEFT = "left", "left"
        DELETED = "deleted", "deleted the folder"
        RESTORED = "restored", "brought the folder back"

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    actor_name = models.CharField(max_length=200)
    subject = models.CharField(
        max_length=254, blank=True, help_text="Whom it is about, or what it was called before."
    )
    outcome = models.CharField(max_length=100, blank=True, help_text="A role, or a new name.")

    class Meta:
        indexes = [
            models.Index(fields=["folder", "-at"], name="events_of_a_folder"),
            models.Index(fields=["actor", "kind", "at"], name="events_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_kind_display()} {self.subject}"
