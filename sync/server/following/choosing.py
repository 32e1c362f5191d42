"""How a member follows a folder: chosen by themselves, and ended by a link in each mail."""

from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Q

from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, Member

# So often at most a folder's row is written because of commits.
NOTED_EVERY = timedelta(seconds=30)

_signer = signing.Signer(salt="sync.unsubscribing", sep=".")


class NoSuchLink(LookupError):
    """This site gave no such link out."""


def note_change(folder: Folder, *, now: datetime) -> None:
    """Somebody is about to commit. Noted before, so that no crash leaves a change untold."""
    stale = Q(changed_at=None) | Q(changed_at__lt=now - NOTED_EVERY)
    Folder.objects.filter(stale, pk=folder.pk).update(changed_at=now)


def choose(*, member: Member, mail: Member.Mail, now: datetime) -> None:
    """Who begins to follow is told of what comes, and not of what was."""
    chosen = Member.objects.filter(pk=member.pk)
    begins = chosen.filter(mail=Member.Mail.NEVER)
    if mail != Member.Mail.NEVER:
        begins.update(told_number=get_journal().head(member.folder_id), looked_at=now)
    chosen.update(mail=mail)


def link_token(member: Member) -> str:
    """For the link in a mail: it ends this member's mail of this folder, and does nothing else."""
    return _signer.sign(str(member.pk))


def behind(token: str) -> Member | None:
    """Who a link is for; None when they are no member any more. Raises NoSuchLink."""
    try:
        pk = int(_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NoSuchLink from error
    return Member.objects.select_related("folder").filter(pk=pk).first()
