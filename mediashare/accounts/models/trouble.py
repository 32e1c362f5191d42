"""Mail addresses that mail must not go to: it came back for good, or somebody complained."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class TroubledAddressQuerySet(models.QuerySet["TroubledAddress"]):
    def standing(self) -> "TroubledAddressQuerySet":
        """Those that get no mail now."""
        return self.filter(cleared_at=None)

    def of(self, email: str) -> "TroubledAddressQuerySet":
        return self.filter(email__iexact=email)

    def takes_mail(self, email: str) -> bool:
        return not self.standing().of(email).exists()

    def note(self, email: str, *, reason: str, detail: str, at: datetime) -> None:
        """Mail to this address is in trouble since then. Twice is once; news from before its owner
        let mail come again changes nothing."""
        made = TroubledAddress(email=email, reason=reason, detail=detail, at=at)
        self.bulk_create([made], ignore_conflicts=True)
        later = Q(cleared_at=None) | Q(cleared_at__lt=at)
        self.of(email).filter(later).update(reason=reason, detail=detail, at=at, cleared_at=None)


class TroubledAddress(models.Model):
    """An address that gets no mail of ours until its owner says that it may again."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", "Mail came back"
        COMPLAINT = "complaint", "Mail was marked as spam"

    email = models.EmailField()
    reason = models.CharField(max_length=9, choices=Reason.choices)
    detail = models.CharField(max_length=500, blank=True, help_text="What the other side said.")
    at = models.DateTimeField()
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text="When its owner let mail come again."
    )

    objects = TroubledAddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "troubled addresses"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="troubled_address_once"),
        ]

    def __str__(self) -> str:
        return self.email
