"""Folders, and who may do what in them. What is in a folder, its journal knows."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class FolderQuerySet(models.QuerySet["Folder"]):
    def deleted(self, now: datetime) -> "FolderQuerySet":
        """Those that were deleted, and that their owners may bring back."""
        return self.filter(deleted_at__gt=now - timedelta(days=settings.TRASH_DAYS))

    def over(self, now: datetime) -> "FolderQuerySet":
        """Those that were deleted so long ago that nobody may bring them back."""
        return self.filter(deleted_at__lte=now - timedelta(days=settings.TRASH_DAYS))


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
    changed_at = models.DateTimeField(
        null=True, editable=False, help_text="When somebody last began to commit, to half a minute."
    )
    deleted_at = models.DateTimeField(
        null=True, editable=False, help_text="Its owner can bring it back for a while."
    )

    objects = FolderQuerySet.as_manager()

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
    def kept_until(self) -> datetime | None:
        """Until when a deleted folder can be brought back."""
        return self.deleted_at and self.deleted_at + timedelta(days=settings.TRASH_DAYS)

    @property
    def prefix(self) -> str:
        """Where its bytes are in the originals bucket; nothing else is there."""
        return f"folders/{self.pk}/"


class MemberQuerySet(models.QuerySet["Member"]):
    def inside(self) -> "MemberQuerySet":
        """Members of folders that are there. Nobody is let into a deleted one."""
        return self.filter(folder__deleted_at=None)

    def following(self) -> "MemberQuerySet":
        """Those who want mail, of folders that were changed since somebody last looked."""
        wanting = self.inside().exclude(mail=Member.Mail.NEVER).filter(user__is_active=True)
        return wanting.filter(folder__changed_at__gt=F("looked_at"))


class Member(models.Model):
    """Somebody in a folder. Its owner is a member too, the only one of that role."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        EDITOR = "editor", "Editor"
        READER = "reader", "Reader"

    class Mail(models.TextChoices):
        """How a member follows what the others change."""

        NEVER = "never", "Never"
        AT_REST = "at-rest", "When things have come to rest"
        DAILY = "daily", "At most once a day"

    folder = models.ForeignKey(Folder, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    mail = models.CharField(max_length=7, choices=Mail.choices, default=Mail.NEVER)
    told_number = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="The last change that needs no telling."
    )
    told_at = models.DateTimeField(null=True, editable=False, help_text="When mail last went out.")
    looked_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Changes begun until then were looked at."
    )
    tried_at = models.DateTimeField(
        null=True, editable=False, help_text="When a mail was last begun."
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("folder", condition=~Q(mail="never"), name="member_who_follows"),
        ]
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

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    @property
    def manages(self) -> bool:
        """Whether they decide on people, name and end. What an album shows, the album decides."""
        return self.is_owner and self.folder.kind == Folder.Kind.FOLDER
