"""Which album follows which folder, and what it knows of each file there."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class FollowingQuerySet(models.QuerySet["Following"]):
    def awake(self) -> "FollowingQuerySet":
        """Those whose album is not in the trash; there, an album waits."""
        return self.filter(album__deleted_at=None)

    def free(self, now: datetime) -> "FollowingQuerySet":
        """Those that no worker is at, or whose worker died."""
        return self.awake().filter(Q(lease_until=None) | Q(lease_until__lt=now))


class Following(models.Model):
    """An album that shows what is in a folder, or in one of the folders inside it.

    How far it has come is the number of a change in the folder's journal. So nothing that a
    message says is needed to go on, and nothing is missed when one is lost.
    """

    album = models.OneToOneField(
        "albums.Album", models.CASCADE, primary_key=True, related_name="following"
    )
    folder = models.ForeignKey("sync.Folder", models.CASCADE, related_name="followings")
    place = models.CharField(
        max_length=32, blank=True, help_text="The folder inside it; empty for all of it."
    )
    number = models.PositiveBigIntegerField(
        default=0, help_text="Up to which change of the folder it has come."
    )
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("folder", "place", name="place_is_followed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.album_id} follows {self.folder_id}"


class FollowedFile(models.Model):
    """A picture or film of a folder, and the item that shows it. Kept after the file has gone.

    The item is what it is by the file's identity: renamed, moved and edited, it stays the same.
    Files with the same bytes are one item, since a library has no bytes twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    following = models.ForeignKey(Following, models.CASCADE, related_name="files")
    entry = models.CharField(max_length=32, db_collation="C")
    name = models.TextField(help_text="In the folder; its owner may call the item otherwise.")
    sha256 = models.CharField(max_length=64)
    item = models.ForeignKey(
        "albums.Item",
        models.SET_NULL,
        null=True,
        related_name="files",
        help_text="Empty when it was deleted for ever.",
    )
    awaited = models.ForeignKey(
        "storage.Blob",
        models.PROTECT,
        null=True,
        related_name="awaiting_files",
        help_text="The new content, while it is processed; until then the old one is shown.",
    )
    is_there = models.BooleanField(default=True)
    has_brought = models.BooleanField(
        default=True, help_text="Whether the item is in the library because of it alone."
    )
    has_trashed = models.BooleanField(
        default=False, help_text="Whether the item went into the trash because it did."
    )
    position = models.BigIntegerField(
        null=True, help_text="Where in the album it was, while it is not."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("following", "entry", name="followed_file_once"),
        ]
        indexes = [
            models.Index("following", condition=Q(awaited__isnull=False), name="followed_awaiting"),
        ]

    def __str__(self) -> str:
        return self.name
