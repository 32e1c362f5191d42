"""The app's name and label. People and their tokens."""

from typing import Any

from anymail.signals import pre_send
from django.apps import AppConfig
from django.core.mail import EmailMessage


class AccountsConfig(AppConfig):
    name = "mediashare.accounts"
    label = "accounts"

    def ready(self) -> None:
        pre_send.connect(_leave_out_troubled, dispatch_uid="mediashare.accounts.mail_trouble")


def _leave_out_troubled(sender: object, message: EmailMessage, **_: Any) -> None:
    """Whoever sends it, and whatever it is about."""
    from mediashare.accounts import mail_trouble  # noqa: PLC0415  # Models are not loaded before.

    mail_trouble.leave_out(message)
