"""What every share link has. Each kind is a model of its own, with what it opens."""

import uuid
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.db.models import F
from django.utils import timezone

from mediashare.sharing.addresses import ShareNotFound


class ShareExpired(Exception):
    """The owner let the link end at a time that has passed."""


class ShareRevoked(Exception):
    """The owner took the link back."""


class Link(models.Model):
    """A way in for whoever has its address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=100, blank=True, help_text="For whom; only you see it.")
    password_hash = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    view_count = models.PositiveIntegerField(default=0, editable=False)
    last_viewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label or str(self.id)

    @property
    def has_password(self) -> bool:
        return bool(self.password_hash)

    def has_ended(self, now: datetime) -> bool:
        """Whether its time is over; a revoked one is closed whatever its time."""
        return self.expires_at is not None and self.expires_at <= now

    def expect_open(self, now: datetime) -> None:
        """Raises ShareRevoked or ShareExpired."""
        if self.revoked_at:
            raise ShareRevoked
        if self.has_ended(now):
            raise ShareExpired

    def set_password(self, password: str) -> None:
        self.password_hash = make_password(password) if password else ""

    def is_opened_by(self, password: str) -> bool:
        return check_password(password, self.password_hash)

    def revoke(self, *, now: datetime) -> None:
        """Close it for good. Asking again keeps the first time."""
        if self._rows().filter(revoked_at=None).update(revoked_at=now):
            self.revoked_at = now

    def note_view(self, *, now: datetime) -> None:
        """Count one visit. The caller decides what a visit is."""
        self._rows().update(view_count=F("view_count") + 1, last_viewed_at=now)

    def _rows(self) -> "models.QuerySet[Link]":
        return type(self)._default_manager.filter(pk=self.pk)


__all__ = ["Link", "ShareExpired", "ShareNotFound", "ShareRevoked"]
