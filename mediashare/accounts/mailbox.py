"""Mail on one machine: kept as files in MAILBOX_DIR, one `.eml` each, and never sent.

Reading gives the text of a mail only; no HTML of a mail reaches a page.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMail
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

# The newest are the ones that somebody waits for.
SHOWN = 100


class MailNotFoundError(LookupError):
    """There is no mail with this id."""


@dataclass(frozen=True)
class Mail:
    id: str
    subject: str
    sender: str
    to: str
    sent_at: datetime
    text: str


class EmailBackend(BaseEmailBackend):
    """Django's way to send: here, a file in MAILBOX_DIR, there whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            # Names sort by time, so that the newest can be found without opening any.
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex}"
            half = folder / f"{name}.half"
            half.write_bytes(message.message().as_bytes())
            half.rename(folder / f"{name}.eml")
        return len(email_messages)


def newest_mails() -> list[Mail]:
    """At most a hundred, newest first."""
    paths = sorted(Path(settings.MAILBOX_DIR).glob("*.eml"), reverse=True)
    return [_read(path) for path in paths[:SHOWN]]


def find_mail(mail_id: str) -> Mail:
    """The mail with this id; raises MailNotFoundError."""
    # Looked up among the names that exist, so an id cannot lead out of the folder.
    for path in Path(settings.MAILBOX_DIR).glob("*.eml"):
        if path.stem == mail_id:
            return _read(path)
    raise MailNotFoundError(mail_id)


def _read(path: Path) -> Mail:
    parsed = message_from_bytes(path.read_bytes(), ParsedMail, policy=policy.default)
    body = parsed.get_body(("plain",))
    sent_at = datetime.strptime(path.stem.split("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    return Mail(
        id=path.stem,
        subject=str(parsed["Subject"] or "(no subject)"),
        sender=str(parsed["From"]),
        to=str(parsed["To"]),
        sent_at=sent_at,
        text=body.get_content() if body else "",
    )
