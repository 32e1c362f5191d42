"""What members do to folders: make one, and commit changes to it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from mediashare.accounts.models import User
from sync.protocol.excerpt import digests
from sync.protocol.messages import Accepted, Author, Change, Committed, stretch
from sync.server import copying, holdings, settling, signals, waking
from sync.server.following import choosing
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, Member


@transaction.atomic
def create_folder(*, owner: User, name: str) -> Member:
    """A new folder; its first member, the owner."""
    folder = Folder.objects.create(owner=owner, name=name)
    return Member.objects.create(folder=folder, user=owner, role=Member.Role.OWNER)


def commit(
    *, folder: Folder, changes: Sequence[Change], author: Author, now: datetime
) -> Committed:
    """Decide changes, and write those that are accepted. Bytes that they name are taken in first.

    Raises Unavailable and FolderIsBusy; asking again with the same keys is harmless.
    """
    # Noted first too, so that followers are told though this process dies right after.
    choosing.note_change(folder, now=now)
    wanted = digests(changes)
    # Noted first: what is in use is not swept while the changes are decided.
    holdings.use(folder, wanted, now=now)
    held = holdings.held(folder, wanted)
    if missing := wanted - held.keys():
        settling.take_in(folder, missing, now=now)
        holdings.use(folder, missing, now=now)
        held |= holdings.held(folder, missing)
    copying.note(folder, now=now)
    journal = get_journal()
    answers = journal.commit(folder.pk, changes, author=author, held=held, now=now)
    accepted = [
        change
        for change, answer in zip(changes, answers, strict=True)
        if isinstance(answer, Accepted)
    ]
    holdings.take_back(folder, wanted - digests(accepted), used_at=now)
    head = journal.head(folder.pk)
    # Not before others can find it: who hears of it looks at once.
    transaction.on_commit(partial(_tell, folder.pk, head))
    since, last = stretch(answers)
    keys = {line.number: line.key for line in journal.lines(folder.pk, {since, last} - {0})}
    return Committed(answers, head, keys.get(since, ""), keys.get(last, ""))


def _tell(folder_id: UUID, head: int) -> None:
    waking.announce(folder_id, head)
    signals.committed.send_robust(sender=Folder, folder_id=folder_id)
