"""A journal in memory, for tests that need no database; it passes the suite of the stores."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sync.client.ports import Moment
from sync.protocol.excerpt import Excerpt, decide_all
from sync.protocol.messages import (
    Answer,
    Author,
    Change,
    Committed,
    File,
    Folder,
    Identity,
    Line,
    Revision,
    stretch,
)
from sync.server.journal import Mark


@dataclass
class _Kept:
    excerpt: Excerpt = field(default_factory=lambda: Excerpt({}))
    lines: list[Line] = field(default_factory=list)


class MemoryJournal:
    """What `sync.server.journal.Journal` says, for as long as the process lives."""

    def __init__(self) -> None:
        self._folders: dict[UUID, _Kept] = {}
        self._lock = threading.Lock()

    def commit(
        self,
        folder_id: UUID,
        changes: Sequence[Change],
        *,
        author: Author,
        held: Mapping[str, int],
        now: datetime,
    ) -> list[Answer]:
        with self._lock:
            kept = self._of(folder_id)
            kept.excerpt.held = held
            at_ms = max([int(now.timestamp() * 1000), *(line.at_ms for line in kept.lines[-1:])])
            answers, lines = decide_all(
                kept.excerpt, changes, head=len(kept.lines), author=author, at_ms=at_ms
            )
            kept.lines.extend(lines)
            return answers

    def committed(self, folder_id: UUID, answers: Sequence[Answer]) -> Committed:
        """What became of changes, as the service tells it."""
        numbers = stretch(answers)
        keys = {line.number: line.key for line in self.lines(folder_id, numbers)}
        since_key, key = (keys.get(number, "") for number in numbers)
        return Committed(answers, self.head(folder_id), since_key, key)

    def go_back(self, folder_id: UUID, number: int) -> None:
        """Be as after change `number`, as when a backup is restored."""
        lines = self._folders.pop(folder_id).lines[:number]
        for line in lines:
            after = line.after
            self.commit(
                folder_id,
                [Change(line.key, line.entry, line.base, after)],
                author=line.author,
                held={after.sha256: after.size_bytes} if isinstance(after, File) else {},
                now=datetime.fromtimestamp(line.at_ms / 1000, UTC),
            )

    def head(self, folder_id: UUID) -> int:
        return len(self._of(folder_id).lines)

    def moment(self, folder_id: UUID) -> Moment:
        """The last change, as a comparison names it."""
        lines = self._of(folder_id).lines
        return Moment(len(lines), lines[-1].key if lines else "")

    def heads(self, folder_ids: Collection[UUID]) -> dict[UUID, int]:
        return {each: self.head(each) for each in folder_ids}

    def number_at(self, folder_id: UUID, moment: datetime) -> int:
        at_ms = int(moment.timestamp() * 1000)
        return sum(line.at_ms <= at_ms for line in self._of(folder_id).lines)

    def since(self, folder_id: UUID, number: int, *, limit: int) -> list[Line]:
        return self._of(folder_id).lines[number : number + limit]

    def tree(self, folder_id: UUID, *, at: int | None = None) -> Iterator[Revision]:
        found: dict[Identity, Revision] = {}
        for line in self._of(folder_id).lines[:at]:
            if line.after is None:
                del found[line.entry]
            else:
                found[line.entry] = Revision(line.entry, line.number, line.after)
        return iter(sorted(found.values(), key=lambda each: each.entry))

    def entry(self, folder_id: UUID, entry: Identity) -> Revision | None:
        return self._of(folder_id).excerpt.entry(entry)

    def entries(self, folder_id: UUID, entries: Collection[Identity]) -> list[Revision]:
        found = (self.entry(folder_id, each) for each in entries)
        return [each for each in found if each is not None]

    def lines(self, folder_id: UUID, numbers: Collection[int]) -> list[Line]:
        return [line for line in self._of(folder_id).lines if line.number in numbers]

    def deleted(
        self, folder_id: UUID, *, after: int, before: int | None = None, limit: int
    ) -> list[Revision]:
        gone = [
            each
            for each in self._of(folder_id).excerpt.entries.values()
            if each.is_deleted and after < each.number < (before or each.number + 1)
        ]
        return sorted(gone, key=lambda each: -each.number)[:limit]

    def children(
        self, folder_id: UUID, parent: Identity, *, at: int | None = None
    ) -> list[Revision]:
        return [each for each in self.tree(folder_id, at=at) if each.state.parent == parent]

    def page(
        self,
        folder_id: UUID,
        parent: Identity,
        *,
        after: Mark | None = None,
        limit: int,
        only_folders: bool = False,
    ) -> list[Revision]:
        found = {
            (not isinstance(each.state, Folder), each.state.name.lower(), each.state.name): each
            for each in self.children(folder_id, parent)
            if isinstance(each.state, Folder) or not only_folders
        }
        begin = (not after.is_folder, after.name.lower(), after.name) if after else (False, "", "")
        return [found[key] for key in sorted(found) if key > begin][:limit]

    def remove(self, folder_id: UUID) -> None:
        self._folders.pop(folder_id, None)

    def history(
        self, folder_id: UUID, entry: Identity, *, before: int | None = None, limit: int
    ) -> list[Line]:
        lines = [
            line
            for line in reversed(self._of(folder_id).lines)
            if line.entry == entry and (before is None or line.number < before)
        ]
        return lines[:limit]

    def _of(self, folder_id: UUID) -> _Kept:
        return self._folders.setdefault(folder_id, _Kept())
