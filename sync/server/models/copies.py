"""How far the journals of folders have been copied into the bucket."""

from django.db import models

from sync.server.models.folders import Folder


class JournalCopy(models.Model):
    """`number` is the last change that the bucket has. While `due_at` is set, more may follow."""

    folder = models.OneToOneField(Folder, models.CASCADE, primary_key=True, related_name="copy")
    number = models.PositiveBigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                "due_at", condition=models.Q(due_at__isnull=False), name="journal_copy_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.folder_id} to {self.number}"
