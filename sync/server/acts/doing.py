"""What views ask: do something to a folder that can be undone in one go."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from mediashare.accounts.models import User
from mediashare.aws.client import Unavailable
from sync.protocol.messages import Accepted, Change, Identity, State
from sync.server import tasks
from sync.server.acts import working
from sync.server.journal import FolderIsBusy
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Folder


def do_at_once(
    *,
    folder: Folder,
    user: User,
    wanted: Sequence[tuple[Identity, int, State | None]],
    now: datetime,
) -> Act:
    """Make a few changes: of these entries, known at these numbers, let each be that.

    At most as many as a commit takes. What was not possible stands in `left`. Raises FolderIsBusy
    and Unavailable.
    """
    head = get_journal().head(folder.pk)
    act = Act(folder=folder, user=user, kind=Act.Kind.CHANGE, begun_after=head, created_at=now)
    act.steps = len(wanted)
    changes = [Change(act.key_of(entry, base), entry, base, after) for entry, base, after in wanted]
    answers = working.commit(act, changes, now=now)
    for change, answer in zip(changes, answers, strict=True):
        if not isinstance(answer, Accepted):
            act.left[change.entry] = working.why_not(answer)
    act.done = act.steps - len(act.left)
    act.ended_at, act.ended_with = now, get_journal().head(folder.pk)
    act.save(force_insert=True)
    return act


def begin(
    *, folder: Folder, user: User, kind: Act.Kind, wanted: dict[str, object], now: datetime
) -> Act:
    """Do an act: the first batch at once, what is left by a task."""
    act = Act.objects.create(
        folder=folder,
        user=user,
        kind=kind,
        wanted=wanted,
        begun_after=get_journal().head(folder.pk),
        created_at=now,
    )
    try:
        is_over = working.advance(act.pk, clock=lambda: now, most=working.IN_A_REQUEST)
    except (FolderIsBusy, Unavailable):
        is_over = False
    if not is_over:
        # Should the message get lost, the sweep goes on with it.
        post = partial(tasks.advance_act.delay, act_id=str(act.pk))
        transaction.on_commit(post, robust=True)
    act.refresh_from_db()
    return act


def undo(*, act: Act, user: User, now: datetime) -> Act:
    """Make everything that it changed as it was before; one that is under way stops for that.

    Raises StillAtIt, when somebody is in the middle of a batch of it.
    """
    working.stop(act, now=now)
    return begin(
        folder=act.folder, user=user, kind=Act.Kind.UNDO, wanted={"act": str(act.pk)}, now=now
    )
