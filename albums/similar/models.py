"""How photos look, groups of those that look alike, and pairs that are never asked about again."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class SimilarGroup(models.Model):
    """Photos of one person that look alike. It is open while two or more of them are shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="similar_groups"
    )
    found_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index("owner", F("found_at").desc(), F("id").desc(), name="similar_group_list"),
        ]

    def __str__(self) -> str:
        return f"similar {self.id}"


class Look(models.Model):
    """How one photo looks: `processing.recipes.phash`, copied so that all can be read at once."""

    item = models.OneToOneField("albums.Item", models.CASCADE, primary_key=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    phash = models.BigIntegerField()
    is_compared = models.BooleanField(default=False)
    group = models.ForeignKey(
        SimilarGroup, models.SET_NULL, null=True, blank=True, related_name="looks"
    )

    class Meta:
        indexes = [
            models.Index("owner", include=["phash", "item"], name="look_all"),
            models.Index("owner", condition=Q(is_compared=False), name="look_waiting"),
        ]

    def __str__(self) -> str:
        return f"look of {self.item_id}"


class Distinction(models.Model):
    """Two photos of which their owner said that they are not the same. `first` has the lower id."""

    first = models.ForeignKey("albums.Item", models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey("albums.Item", models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("first", "second", name="distinction_once_for_each_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
