"""Mail as this site writes and sends it: text, and the same as HTML in a plain frame."""

from collections.abc import Mapping
from smtplib import SMTPException

from anymail.exceptions import AnymailError
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


class CannotSend(Exception):
    """The mail was not taken. Trying later may help."""


def send(
    *, to: str, subject: str, text: str, html: str = "", headers: Mapping[str, str] | None = None
) -> None:
    """A mail to one person. Without `html`, the frame shows the text with its addresses as links.

    A subject is one line: line breaks, as names may have them, become spaces. Raises CannotSend.
    """
    line = " ".join(subject.split())
    mail = EmailMultiAlternatives(line, text, to=[to], headers=dict(headers or {}))
    framed = html or render_to_string("account/email/frame.html", {"subject": line, "text": text})
    mail.attach_alternative(framed, "text/html")
    try:
        mail.send()
    except (AnymailError, SMTPException, OSError) as error:
        raise CannotSend(str(error)) from error
