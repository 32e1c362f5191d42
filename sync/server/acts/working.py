"""Do an act, a batch of changes at a time. Whoever is interrupted looks again and goes on.

Each change says on which version it is made, so that what others do meanwhile is never
overwritten: such an entry is left alone, and named.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sync.protocol.messages import (
    MOST_CHANGES,
    Accepted,
    Answer,
    Author,
    Change,
    Conflict,
    Identity,
)
from sync.server import actions
from sync.server.acts import wishes
from sync.server.acts.ordering import Step, steps
from sync.server.journal.chosen import get_journal
from sync.server.models import Act, Member

# Longer than a batch may take.
LEASE = timedelta(minutes=5)
# How many changes a request makes, and a task before others have their turn.
IN_A_REQUEST = 1_000
IN_A_TASK = 20_000
# Of an act that meets with nothing else, nobody wants to read more.
MOST_LEFT = 10_000
CHANGED_MEANWHILE = "Somebody else changed it just now."
FOLDER_GONE = "The folder that it was in is gone."
NO_MORE_RIGHT = "You may no longer change this folder."


class StillAtIt(Exception):
    """An act has been stopped, and its last batch is being written. Try again in a moment."""


def advance(act_id: UUID, *, clock: Callable[[], datetime], most: int) -> bool:
    """Bring an act further, by about `most` changes. False when somebody is to go on with it.

    Raises FolderIsBusy and Unavailable; it goes on later then.
    """
    now = clock()
    if not Act.objects.free(now).filter(pk=act_id).update(leased_until=now + LEASE):
        return True
    act = Act.objects.select_related("folder__owner", "user").get(pk=act_id)
    try:
        _go_on(act, clock, most)
    finally:
        Act.objects.filter(pk=act_id).update(leased_until=None)
    return act.ended_at is not None


def _go_on(act: Act, clock: Callable[[], datetime], most: int) -> None:
    member = Member.objects.inside().filter(folder=act.folder_id, user=act.user_id).first()
    if member is None or not member.may_write:
        act.left[""] = NO_MORE_RIGHT
        return end(act, now=clock())
    journal = get_journal()
    wanted = wishes.wishes_of(act, journal)
    above = wishes.folders_above(act.folder_id, wanted, journal)
    todo, homeless = steps(wanted, above)
    act.left |= dict.fromkeys(homeless, FOLDER_GONE)
    act.steps = act.done + len(todo)
    known = {wish.entry: wish.present.number for wish in wanted}
    for batch in _batches(todo):
        if most <= 0:
            return None
        # Renewed for each batch: whoever undoes it waits for the last one.
        if not Act.objects.open().filter(pk=act.pk).update(leased_until=clock() + LEASE):
            # Stopped, to be undone.
            break
        _commit(act, batch, known, clock())
        most -= len(batch)
    return end(act, now=clock())


def _batches(todo: Sequence[Step]) -> Iterator[list[Step]]:
    """As many steps as a commit takes; the second one of an entry needs the first one's number."""
    batch: list[Step] = []
    seen: set[Identity] = set()
    for step in todo:
        if len(batch) == MOST_CHANGES or step.entry in seen:
            yield batch
            batch, seen = [], set()
        batch.append(step)
        seen.add(step.entry)
    if batch:
        yield batch


def _commit(act: Act, batch: Sequence[Step], known: dict[Identity, int], now: datetime) -> None:
    changes = [
        Change(act.key_of(step.entry, known[step.entry]), step.entry, known[step.entry], step.after)
        for step in batch
    ]
    for change, answer in zip(changes, commit(act, changes, now=now), strict=True):
        if isinstance(answer, Accepted):
            known[change.entry] = answer.number
            act.done += 1
        elif len(act.left) < MOST_LEFT:
            act.left[change.entry] = why_not(answer)
    act.save(update_fields=["steps", "done", "left"])


def commit(act: Act, changes: Sequence[Change], *, now: datetime) -> Sequence[Answer]:
    """Commit changes as whoever wants the act. Raises FolderIsBusy and Unavailable."""
    author = Author(str(act.user_id), act.user.display_name)
    return actions.commit(folder=act.folder, changes=changes, author=author, now=now).answers


def why_not(answer: Answer) -> str:
    """Why a change was not made, for people."""
    if isinstance(answer, Accepted | Conflict):
        return CHANGED_MEANWHILE
    return answer.detail


def stop(act: Act, *, now: datetime) -> None:
    """Let nothing more of an act be done. Raises StillAtIt until its last batch is written."""
    Act.objects.open().filter(pk=act.pk).update(ended_at=now)
    act.refresh_from_db()
    if act.leased_until is not None and act.leased_until > now:
        raise StillAtIt


def end(act: Act, *, now: datetime) -> None:
    """Nothing more is to be done for it."""
    act.ended_at, act.ended_with = now, get_journal().head(act.folder_id)
    act.save(update_fields=["steps", "done", "left", "ended_at", "ended_with"])
