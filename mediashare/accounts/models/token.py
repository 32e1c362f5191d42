"""The tokens that people's programs use. A secret is never kept, only its digest."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from mediashare.accounts.models.user import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self, now: datetime) -> "ApiTokenQuerySet":
        unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
        return self.filter(unexpired, revoked_at__isnull=True)

    def for_secret(self, secret: str) -> "ApiTokenQuerySet":
        return self.filter(digest=ApiToken.digest_of(secret))


class ApiToken(models.Model):
    """A named, scoped key for a program. Only its digest is kept; it is shown once."""

    PREFIX = "ms_"
    # A last-use time is worth one write a minute, not one a request.
    USE_NOTED_EVERY = timedelta(minutes=1)

    class Scope(models.TextChoices):
        READ = "read", "Read items, albums and shares"
        WRITE = "write", "Change items, albums and shares"
        UPLOAD = "upload", "Upload"
        # Of devices only: each has a token of its own, made when its owner lets it in.
        SYNC = "sync", "Sync folders"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"

    @classmethod
    def new_secret(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(32)

    @staticmethod
    def digest_of(secret: str) -> str:
        # The secret has 256 random bits, so a plain hash cannot be searched.
        return hashlib.sha256(secret.encode()).hexdigest()

    def note_use(self, now: datetime) -> None:
        """Remember that the token was used, to the minute."""
        if self.last_used_at is None or now - self.last_used_at > self.USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)
