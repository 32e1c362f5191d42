"""Which folder mirrors which album."""

from django.db import models
from django.db.models import F


class MirrorQuerySet(models.QuerySet["Mirror"]):
    def behind(self) -> "MirrorQuerySet":
        """Those whose album has changed since they were written, and is not in the trash."""
        return self.filter(done__lt=F("wanted"), album__deleted_at=None)


class Mirror(models.Model):
    """An album that somebody keeps on a computer. The row says whether there is something to do."""

    album = models.OneToOneField(
        "albums.Album", models.CASCADE, primary_key=True, related_name="mirror"
    )
    folder = models.OneToOneField("sync.Folder", models.CASCADE, related_name="mirror")
    wanted = models.PositiveBigIntegerField(
        default=1, help_text="How often the album has changed since it is mirrored."
    )
    done = models.PositiveBigIntegerField(
        default=0, help_text="Up to which of these changes the folder has been written."
    )

    objects = MirrorQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.album_id} as {self.folder_id}"
