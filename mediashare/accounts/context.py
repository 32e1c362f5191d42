"""What the bars and sign-in pages ask of the settings: whether to offer sign-up and the mailbox."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"signup_open": settings.SIGNUP_OPEN, "has_mailbox": bool(settings.MAILBOX_DIR)}
