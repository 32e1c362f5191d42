"""A mail for each takeout that is ready, once. One that could not be sent is tried again."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from processing.archives.models import Archive


def send_all(*, now: datetime) -> int:
    """How many were sent."""
    ready = Archive.objects.kept(now).filter(kind=Archive.Kind.TAKEOUT, ready_at__isnull=False)
    return sum(_send(archive.pk, now) for archive in ready.filter(told_at=None))


@transaction.atomic
def _send(pk: UUID, now: datetime) -> bool:
    # Locked until it is sent: two timers send one mail, and a failure leaves it to be told.
    untold = Archive.objects.select_for_update(skip_locked=True, of=("self",))
    archive = untold.select_related("owner").filter(pk=pk, told_at=None).first()
    if archive is None:
        return False
    Archive.objects.filter(pk=pk).update(told_at=now)
    subject = "Your takeout is ready"
    link = settings.SITE_URL + reverse("albums:archives")
    text = render_to_string("albums/takeout_mail.txt", {"archive": archive, "link": link})
    mail = EmailMultiAlternatives(subject, text, to=[archive.owner.email])
    frame = {"subject": subject, "text": text}
    mail.attach_alternative(render_to_string("account/email/frame.html", frame), "text/html")
    mail.send()
    return True
