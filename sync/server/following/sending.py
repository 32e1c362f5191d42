"""Tells followers what the others changed, once it is time. Two timers at once send one mail.

What a member was told of is noted in the transaction that hands the mail over. Only a crash
between the two sends a mail twice; none is lost.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from mediashare.accounts.models import TroubledAddress
from mediashare.accounts.posting import CannotSend
from sync.protocol.messages import Line
from sync.server.following import letters, rules
from sync.server.following.rules import News
from sync.server.journal.chosen import get_journal
from sync.server.journal.columns import as_moment
from sync.server.models import Member

# The changes of one mail are made of at most so many lines; more are only counted.
MOST_LINES = 1_000
# So many in a row that cannot be sent mean that none can be.
MOST_FAILURES = 3

log = structlog.get_logger(__name__)


def send_due(*, now: datetime) -> int:
    """How many mails were sent."""
    sent = failures = 0
    # Who was tried longest ago comes first: nobody's mail holds up the others' for ever.
    waiting = Member.objects.following().order_by(F("tried_at").asc(nulls_first=True), "pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        try:
            sent += _tell(pk, now)
            failures = 0
        except CannotSend as error:
            log.warning("mail_not_sent", member=pk, error=str(error))
            _tried(pk, now)
            failures += 1
        except Exception:
            # Or the same fault would be the first again the next time, and the last.
            _tried(pk, now)
            raise
        if failures >= MOST_FAILURES:
            break
    return sent


@transaction.atomic
def _tell(pk: int, now: datetime) -> bool:
    """Whether a mail was sent. Raises CannotSend; then nothing was noted."""
    # Locked until it is sent, and looked at again: another timer may have been here.
    locked = Member.objects.following().select_for_update(skip_locked=True, of=("self",))
    member = locked.select_related("folder", "user").filter(pk=pk).first()
    if member is None or not _is_due(member, now):
        return False
    # The head is read first: what comes after the lines is for the next mail.
    head = get_journal().head(member.folder_id)
    lines = get_journal().since(member.folder_id, member.told_number, limit=MOST_LINES)
    news = [line for line in lines if line.author.user != str(member.user_id)]
    last = lines[-1].number if lines else head
    is_told = bool(news) and TroubledAddress.objects.takes_mail(member.user.email)
    if is_told:
        letters.send_changes(member, news, uncounted=max(0, head - last), now=now)
    _note(member, told_number=max(head, last), is_told=is_told, now=now)
    return is_told


def _is_due(member: Member, now: datetime) -> bool:
    changed_at = member.folder.changed_at
    if changed_at is None:
        return False
    # While a folder is not at rest, it counts since when it is not.
    is_quiet = rules.is_quiet(changed_at, now=now, quiet=_quiet())
    first_at = changed_at if is_quiet else _first_at(member, now)
    news = News(Member.Mail(member.mail), first_at, changed_at, member.told_at)
    return rules.is_due(news, now=now, quiet=_quiet())


def _first_at(member: Member, now: datetime) -> datetime:
    first: list[Line] = get_journal().since(member.folder_id, member.told_number, limit=1)
    return as_moment(first[0].at_ms) if first else now


def _note(member: Member, *, told_number: int, is_told: bool, now: datetime) -> None:
    changed_at = member.folder.changed_at or now
    # What was begun shortly before may not be written yet: the folder is looked at again then.
    Member.objects.filter(pk=member.pk).update(
        told_number=told_number,
        looked_at=min(changed_at, now - _quiet()),
        told_at=now if is_told else member.told_at,
        tried_at=now,
    )


def _tried(pk: int, now: datetime) -> None:
    Member.objects.filter(pk=pk).update(tried_at=now)


def _quiet() -> timedelta:
    return timedelta(seconds=settings.SYNC_MAIL_QUIET_SECONDS)
