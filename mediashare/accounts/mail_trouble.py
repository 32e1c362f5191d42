"""What Amazon SES tells of mail that came back or was complained about, and who gets no more mail.

Both forms are read: notifications of an identity, and events of a configuration set.
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from anymail.exceptions import AnymailCancelSend
from django.core.mail import EmailMessage

from mediashare.accounts.models import TroubledAddress

Reason = TroubledAddress.Reason
LONGEST_DETAIL = 500

log = structlog.get_logger(__name__)


class Trouble(NamedTuple):
    email: str
    reason: TroubledAddress.Reason
    detail: str


def note(text: str, *, sent_at: datetime) -> int:
    """Note what a message of SES tells; how many addresses it is about. Twice is once."""
    found = list(troubles(text))
    for email, reason, detail in found:
        TroubledAddress.objects.note(email, reason=reason, detail=detail, at=sent_at)
        log.info("address_in_trouble", reason=str(reason))
    return len(found)


def troubles(text: str) -> Iterator[Trouble]:
    """The addresses that a message says are in trouble for good. Others have none."""
    try:
        said: Any = json.loads(text)
    except ValueError:
        # SES also says in plain words that it found the topic.
        return
    if not isinstance(said, dict):
        return
    kind = said.get("eventType") or said.get("notificationType")
    if kind == "Bounce" and said["bounce"].get("bounceType") == "Permanent":
        for each in said["bounce"]["bouncedRecipients"]:
            yield _trouble(each, Reason.BOUNCE, each.get("diagnosticCode", ""))
    elif kind == "Complaint" and said["complaint"].get("complaintFeedbackType") != "not-spam":
        for each in said["complaint"]["complainedRecipients"]:
            yield _trouble(each, Reason.COMPLAINT, "")


def leave_out(message: EmailMessage) -> None:
    """Take addresses in trouble from a mail that is about to go to SES.

    Raises AnymailCancelSend when none is left.
    """
    standing = TroubledAddress.objects.standing()
    left = [each for each in message.to if not standing.of(each).exists()]
    if len(left) < len(message.to):
        log.info("mail_left_out", addresses=len(message.to) - len(left))
    if not left:
        raise AnymailCancelSend("All its addresses are in trouble.")
    message.to = left


def _trouble(recipient: Mapping[str, str], reason: TroubledAddress.Reason, detail: str) -> Trouble:
    return Trouble(recipient["emailAddress"], reason, detail[:LONGEST_DETAIL])
