"""The journal in a DynamoDB table. Who commits to a folder writes on the head that was read.

Of two who do so at the same time one is overtaken, reads again and decides again. `items` says
what is in the table, `writing` how changes become transactions, `reading` what is looked up,
`removing` what goes with a folder.
"""

import random
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from mediashare.aws import dynamodb
from mediashare.aws.dynamodb import Overtaken
from sync.protocol.excerpt import decide_all, needs
from sync.protocol.messages import Answer, Author, Change, Identity, Line, Revision
from sync.server.journal import FolderIsBusy, Mark, stretches
from sync.server.journal.columns import as_ms
from sync.server.journal.dynamodb import items, reading, removing, writing

# Before a commit that was overtaken is tried again; each time up to so long.
PAUSES_SECONDS = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0, 1.0, 1.0, 1.0)
# Entries of an earlier tree that are looked up together.
RESOLVED_AT_ONCE = 1_000
REMOVED_AT_ONCE = 1_000


class DynamodbJournal:
    """What `sync.server.journal.Journal` says, in one table.

    Its methods also raise mediashare.aws.client.Unavailable.
    """

    def commit(
        self,
        folder_id: UUID,
        changes: Sequence[Change],
        *,
        author: Author,
        held: Mapping[str, int],
        now: datetime,
    ) -> list[Answer]:
        for pause in (*PAUSES_SECONDS, None):
            try:
                return self._commit(folder_id, changes, author=author, held=held, now=now)
            except Overtaken:
                if pause is None:
                    break
                time.sleep(pause * random.uniform(0.3, 1))  # noqa: S311  # To fall out of step.
        raise FolderIsBusy

    def head(self, folder_id: UUID) -> int:
        return self.heads([folder_id])[folder_id]

    def heads(self, folder_ids: Collection[UUID]) -> dict[UUID, int]:
        read = dynamodb.get([items.head_key(each) for each in folder_ids])
        return {
            each: items.number_in(read.get(items.head_key(each)), "number_") for each in folder_ids
        }

    def number_at(self, folder_id: UUID, moment: datetime) -> int:
        at_ms = as_ms(moment)
        least, most = 0, self.head(folder_id)
        while least < most:
            middle = (least + most + 1) // 2
            (line,) = reading.lines(folder_id, [middle])
            if line.at_ms <= at_ms:
                least = middle
            else:
                most = middle - 1
        return least

    def since(self, folder_id: UUID, number: int, *, limit: int) -> list[Line]:
        found: list[Line] = []
        for line in islice(reading.lines_after(folder_id, number), limit):
            # A gap is a transaction that is becoming visible; what follows it is for the next time.
            if line.number != number + len(found) + 1:
                break
            found.append(line)
        return found

    def tree(self, folder_id: UUID, *, at: int | None = None) -> Iterator[Revision]:
        everything = reading.all_revisions(folder_id)
        if at is None:
            yield from (each for each in everything if not each.is_deleted)
            return
        while some := list(islice(everything, RESOLVED_AT_ONCE)):
            found = reading.as_of(folder_id, some, at)
            yield from sorted(found, key=lambda each: each.entry)

    def entry(self, folder_id: UUID, entry: Identity) -> Revision | None:
        return next(iter(reading.revisions(folder_id, [entry])), None)

    def entries(self, folder_id: UUID, entries: Collection[Identity]) -> list[Revision]:
        return reading.revisions(folder_id, entries)

    def lines(self, folder_id: UUID, numbers: Collection[int]) -> list[Line]:
        return reading.lines(folder_id, numbers)

    def deleted(
        self, folder_id: UUID, *, after: int, before: int | None = None, limit: int
    ) -> list[Revision]:
        found = list(islice(reading.deleted(folder_id, after=after, before=before), limit))
        gone = [each for each in reading.revisions(folder_id, found) if each.is_deleted]
        return sorted(gone, key=lambda each: -each.number)

    def children(
        self, folder_id: UUID, parent: Identity, *, at: int | None = None
    ) -> list[Revision]:
        inside = set(reading.inside(folder_id, parent))
        if at is None:
            return reading.revisions(folder_id, inside)
        # Who was there then is there still, or has changed since.
        inside |= {line.entry for line in reading.lines_after(folder_id, at)}
        some = reading.revisions(folder_id, inside)
        then = reading.as_of(folder_id, some, at)
        return [each for each in then if each.state.parent == parent]

    def page(
        self,
        folder_id: UUID,
        parent: Identity,
        *,
        after: Mark | None = None,
        limit: int,
        only_folders: bool = False,
    ) -> list[Revision]:
        begins = stretches(after, only_folders=only_folders)
        return reading.page(folder_id, parent, begins, limit)

    def remove(self, folder_id: UUID) -> None:
        # The head last, since it says how many lines there were: what a crash leaves is found.
        everything = removing.keys_of(folder_id, head=self.head(folder_id))
        while some := list(islice(everything, REMOVED_AT_ONCE)):
            dynamodb.delete(some)

    def history(
        self, folder_id: UUID, entry: Identity, *, before: int | None = None, limit: int
    ) -> list[Line]:
        return list(islice(reading.history(folder_id, entry, before=before), limit))

    def _commit(
        self,
        folder_id: UUID,
        changes: Sequence[Change],
        *,
        author: Author,
        held: Mapping[str, int],
        now: datetime,
    ) -> list[Answer]:
        """Raises Overtaken. Some of the changes may have been written then."""
        # Read first: whatever changes after this, the head is not what it was.
        head = dynamodb.get([items.head_key(folder_id)]).get(items.head_key(folder_id))
        excerpt = reading.excerpt(folder_id, needs(changes), held)
        known = dict(excerpt.entries)
        # A clock that was put back does not put the journal out of order.
        at_ms = max(as_ms(now), items.number_in(head, "at_ms"))
        answers, lines = decide_all(
            excerpt, changes, head=items.number_in(head, "number_"), author=author, at_ms=at_ms
        )
        for writes in writing.transactions(folder_id, lines, known):
            dynamodb.write(writes)
        return answers
