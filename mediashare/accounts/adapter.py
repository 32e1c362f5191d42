"""Where accounts differ from allauth's own: closed sign-up, and mails that also come as HTML."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Every mail is written once, as text; the HTML part says the same in a plain frame."""
        mail = super().render_mail(template_prefix, email, context, headers)
        both = EmailMultiAlternatives(
            mail.subject, mail.body, mail.from_email, mail.to, headers=mail.extra_headers
        )
        frame = {"subject": mail.subject, "text": mail.body}
        both.attach_alternative(render_to_string("account/email/frame.html", frame), "text/html")
        return both
