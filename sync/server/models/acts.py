"""What somebody asked for that takes many changes: to delete, to put back, to undo."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sync.protocol.messages import Identity
from sync.server.models.folders import Folder


class ActQuerySet(models.QuerySet["Act"]):
    def open(self) -> "ActQuerySet":
        return self.filter(ended_at=None)

    def free(self, now: datetime) -> "ActQuerySet":
        """Those that nobody is at: never begun, or whoever began is gone."""
        return self.open().filter(Q(leased_until=None) | Q(leased_until__lt=now))


class Act(models.Model):
    """One thing that somebody did to a folder, as many changes as it takes.

    Only what is wanted stands here. What is left to do is found out from the folder each time, so
    that whoever is interrupted goes on, and its own changes are known by their keys.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", "change"
        DELETION = "deletion", "deletion"
        RESTORATION = "restoration", "restoration"
        REWIND = "rewind", "rewind"
        UNDO = "undo", "undo"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.ForeignKey(Folder, models.CASCADE, related_name="acts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="folder_acts")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    wanted = models.JSONField(default=dict, help_text="What is wanted, for its kind.")
    begun_after = models.PositiveBigIntegerField(help_text="The folder's last number before it.")
    ended_with = models.PositiveBigIntegerField(null=True, help_text="And when it was over.")
    steps = models.PositiveIntegerField(default=0, help_text="How many there were to do, at last.")
    done = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=dict, help_text="Why, for each entry that was left alone.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("folder", condition=Q(ended_at=None), name="act_open"),
            models.Index("created_at", name="act_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.folder_id}"

    @property
    def percent(self) -> int:
        return min(99, 100 * self.done // self.steps) if self.steps else 0

    def key_of(self, entry: Identity, base: int) -> str:
        """The key of its change of an entry that was at `base`: the same whenever it is asked."""
        return uuid.uuid5(self.pk, f"{entry} {base}").hex
