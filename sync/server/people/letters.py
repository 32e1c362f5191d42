"""The mail by which somebody is asked into a folder."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from mediashare.accounts import posting
from mediashare.bidi import isolated
from sync.server.models import Invitation


def send_invitation(invitation: Invitation, *, token: str) -> None:
    """Raises CannotSend."""
    inviter = isolated(invitation.invited_by.display_name)
    subject = f"{inviter} invites you to the folder “{isolated(invitation.folder)}”"
    context = {
        "invitation": invitation,
        "link": settings.SITE_URL + reverse("sync:invitation", args=[token]),
        "site": settings.SITE_URL,
    }
    text = render_to_string("sync/mail/invitation.txt", context)
    posting.send(to=invitation.email, subject=subject, text=text)
