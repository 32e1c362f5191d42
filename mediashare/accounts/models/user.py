"""People, and how much they may store."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who signs in by e-mail; addresses are unique without regard to case."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `used_bytes` and `reserved_bytes` change only through the quota functions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    is_active = models.BooleanField("active", default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    quota_bytes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Empty means the site's default."
    )
    used_bytes = models.PositiveBigIntegerField(default=0)
    reserved_bytes = models.PositiveBigIntegerField(
        default=0, help_text="Promised to uploads under way."
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_without_case"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.split("@")[0]

    @property
    def quota(self) -> int:
        """Bytes this person may store in all."""
        return settings.QUOTA_BYTES if self.quota_bytes is None else self.quota_bytes

    @property
    def free_bytes(self) -> int:
        return max(0, self.quota - self.used_bytes - self.reserved_bytes)

    def reserve(self, size_bytes: int) -> bool:
        """Promise room for an upload. False when there is none; two at once cannot overbook."""
        limit = Coalesce(F("quota_bytes"), models.Value(settings.QUOTA_BYTES))
        room = User.objects.alias(limit=limit).filter(
            pk=self.pk, limit__gte=F("used_bytes") + F("reserved_bytes") + size_bytes
        )
        return room.update(reserved_bytes=F("reserved_bytes") + size_bytes) == 1

    def release(self, size_bytes: int) -> None:
        """Give a reservation back."""
        User.objects.filter(pk=self.pk).update(reserved_bytes=F("reserved_bytes") - size_bytes)

    def settle(self, size_bytes: int) -> None:
        """Turn a reservation into use."""
        User.objects.filter(pk=self.pk).update(
            reserved_bytes=F("reserved_bytes") - size_bytes,
            used_bytes=F("used_bytes") + size_bytes,
        )

    def give_back(self, size_bytes: int) -> None:
        """Bytes that were in use are gone from the store."""
        User.objects.filter(pk=self.pk).update(used_bytes=F("used_bytes") - size_bytes)
