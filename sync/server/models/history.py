"""How far back a folder's history is kept, and how far its end has come."""

from django.db import models
from django.utils import timezone

from sync.server.models.folders import Folder


class HistoryEnd(models.Model):
    """Where the kept history of a folder begins, and what is about to be let go of.

    Contents are let go of in two steps, a day apart, since a commit may be about to name them.
    """

    folder = models.OneToOneField(
        Folder, models.CASCADE, primary_key=True, related_name="history_end"
    )
    number = models.PositiveBigIntegerField(
        default=0, help_text="What was only before this change is let go of."
    )
    marked_at = models.DateTimeField(null=True, help_text="When contents were marked to go.")
    marked_head = models.PositiveBigIntegerField(
        default=0, help_text="The folder's last number then: what came after may name them again."
    )
    looked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index("looked_at", name="history_by_look")]

    def __str__(self) -> str:
        return f"{self.folder_id} from {self.number}"
