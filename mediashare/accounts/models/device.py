"""Computers that sync: those that were let in, and those that ask to be."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from mediashare.accounts.models.token import ApiToken
from mediashare.accounts.models.user import User


class DeviceQuerySet(models.QuerySet["Device"]):
    def live(self, now: datetime) -> "DeviceQuerySet":
        """Devices that are signed in."""
        return self.filter(token__in=ApiToken.objects.live(now))


class Device(models.Model):
    """One installation of the sync client. Its owner, name, last use and end are its token's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.OneToOneField(ApiToken, models.CASCADE, related_name="device")
    platform = models.CharField(max_length=100, blank=True)
    address = models.GenericIPAddressField("asked from", null=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-token__created_at"]

    def __str__(self) -> str:
        return self.token.name


class DeviceRequestQuerySet(models.QuerySet["DeviceRequest"]):
    def waiting(self, now: datetime) -> "DeviceRequestQuerySet":
        """Those that nobody has answered yet, and that still may be."""
        return self.filter(is_granted=None, expires_at__gt=now)


class DeviceRequest(models.Model):
    """A computer asks to be let in. Of its two codes only digests are kept.

    Stays until it expires, so that a computer that did not hear its answer may ask again.
    """

    LIFETIME = timedelta(minutes=15)
    # What computers are told to wait before they ask again, and what is too soon: clocks differ.
    INTERVAL = timedelta(seconds=2)
    TOO_SOON = timedelta(seconds=1)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device_digest = models.CharField(max_length=64, unique=True, editable=False)
    user_digest = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=100)
    platform = models.CharField(max_length=100, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    asked_at = models.DateTimeField(null=True, editable=False)
    # None until somebody answers.
    is_granted = models.BooleanField(null=True)
    answered_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    device = models.OneToOneField(Device, models.CASCADE, null=True, related_name="+")

    objects = DeviceRequestQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def note_asking(self, now: datetime) -> bool:
        """Remember that it asked for its answer. False when that was too soon."""
        in_time = Q(asked_at=None) | Q(asked_at__lt=now - self.TOO_SOON)
        return DeviceRequest.objects.filter(in_time, pk=self.pk).update(asked_at=now) == 1
