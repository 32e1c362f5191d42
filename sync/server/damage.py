"""Files whose bytes are damaged on this site: which they are, and the mail that tells of them.

Whether bytes are, `verifying` finds out. Nothing here mends any: who has the right ones sends them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from mediashare.accounts import posting
from mediashare.accounts.models import TroubledAddress
from mediashare.accounts.posting import CannotSend
from mediashare.bidi import isolated
from sync.protocol.messages import File, Revision
from sync.server.activity.words import in_line
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob, Member

log = structlog.get_logger(__name__)

FOLDERS_AT_ONCE = 100
# A mail names so many files; the pages of the folder show the others.
NAMED = 20


def among(folder_id: UUID, revisions: Collection[Revision]) -> set[str]:
    """The digests of those of these files that are damaged."""
    digests = {each.state.sha256 for each in revisions if isinstance(each.state, File)}
    spoiled = FolderBlob.objects.spoiled().filter(folder=folder_id, sha256__in=digests)
    return set(spoiled.values_list("sha256", flat=True))


def tell_all(*, now: datetime) -> int:
    """Mail about what nobody was told of yet; of how many folders. Twice is once."""
    untold = FolderBlob.objects.untold().filter(folder__deleted_at=None)
    found = untold.order_by("folder").values_list("folder", flat=True).distinct()
    return sum(_tell(folder_id, now) for folder_id in found[:FOLDERS_AT_ONCE])


@transaction.atomic
def _tell(folder_id: UUID, now: datetime) -> bool:
    """One mail to each who could send the right bytes. If none can be sent, the next run tries."""
    rows = FolderBlob.objects.untold().filter(folder=folder_id).select_for_update(skip_locked=True)
    digests = {row.pk: row.sha256 for row in rows}
    folder = Folder.objects.get(pk=folder_id)
    files = _named(folder_id, set(digests.values()))
    if files and not _send(folder, files):
        return False
    FolderBlob.objects.filter(pk__in=list(digests)).update(told_at=now)
    return bool(files)


def _named(folder_id: UUID, digests: Collection[str]) -> list[Revision]:
    """Files that are there and have such contents, one more than a mail names."""
    there = get_journal().tree(folder_id)
    damaged = (
        each for each in there if isinstance(each.state, File) and each.state.sha256 in digests
    )
    return list(islice(damaged, NAMED + 1))


def _send(folder: Folder, files: Sequence[Revision]) -> bool:
    """Whether anybody was reached."""
    addresses = {
        each.entry: settings.SITE_URL + reverse("sync:entry", args=[folder.pk, each.entry])
        for each in files[:NAMED]
    }
    context = {
        "folder": folder,
        "files": [(in_line(each.state.name), addresses[each.entry]) for each in files[:NAMED]],
        "are_more": len(files) > NAMED,
        "folder_link": settings.SITE_URL + reverse("sync:folder", args=[folder.pk]),
        "site": settings.SITE_URL,
    }
    text = render_to_string("sync/mail/damage.txt", context)
    reached = 0
    writers = Member.objects.filter(folder=folder).exclude(role=Member.Role.READER)
    for member in writers.select_related("user").order_by("created_at"):
        if not TroubledAddress.objects.takes_mail(member.user.email):
            continue
        try:
            posting.send(
                to=member.user.email, subject=f"Damaged files in “{isolated(folder)}”", text=text
            )
            reached += 1
        except CannotSend as error:
            log.warning("damage_not_told", folder=str(folder.pk), error=str(error))
    return reached > 0
