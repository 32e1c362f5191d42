"""Where a folder's entries and changes are kept: what every store of them can do.

Two stores do it, chosen by a setting, and one suite of tests says that they do the same. A store
knows nothing of people's rights, of bytes and of quotas.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from sync.protocol.messages import Answer, Author, Change, Identity, Line, Revision


class FolderIsBusy(Exception):
    """Others changed the folder all the while. The same changes may be sent again, with their keys.

    Some of them may have been written.
    """


class Mark(NamedTuple):
    """How far somebody has come who looks through a folder: what they saw last."""

    is_folder: bool
    name: str


def stretches(after: Mark | None, *, only_folders: bool) -> list[Mark]:
    """Where to begin with the folders, and then with what is none; an empty name is before all."""
    found = [after or Mark(True, "")]
    if found[0].is_folder and not only_folders:
        found.append(Mark(False, ""))
    return found if found[-1].is_folder or not only_folders else []


class Journal(Protocol):
    """The numbered changes of folders, and the entries that they make.

    A folder that nothing was ever committed to has no changes and is empty. Changes of one folder
    are numbered from 1 with no gap, and nobody finds one before all with lower numbers. Their
    times never run backwards, whatever the clocks do.
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
        """Decide changes by `sync.protocol.rules`, and write those that are accepted.

        `held` gives the sizes of the contents that the folder holds, of all that the changes name.
        A change whose key was accepted before is answered the same and not done again, for as
        long as its line is kept. Raises FolderIsBusy.
        """

    def head(self, folder_id: UUID) -> int:
        """The number of the last change; 0 when there is none."""

    def heads(self, folder_ids: Collection[UUID]) -> dict[UUID, int]:
        """The same for each of many folders, at most 500, in as few requests as can be."""

    def number_at(self, folder_id: UUID, moment: datetime) -> int:
        """The number of the last change at that time or before; 0 when there is none."""

    def since(self, folder_id: UUID, number: int, *, limit: int) -> list[Line]:
        """The changes after a number, oldest first."""

    def tree(self, folder_id: UUID, *, at: int | None = None) -> Iterator[Revision]:
        """The entries that are there now, or were after change `at`, by identity, and streamed.

        What is committed meanwhile may show or not. So who asks for the head first, and for the
        changes since that afterwards, misses nothing.
        """

    def entry(self, folder_id: UUID, entry: Identity) -> Revision | None:
        """An entry, also a deleted one; None when there never was one."""

    def entries(self, folder_id: UUID, entries: Collection[Identity]) -> list[Revision]:
        """Those of these that ever were, also deleted ones, in no order."""

    def lines(self, folder_id: UUID, numbers: Collection[int]) -> list[Line]:
        """The changes with these numbers, in no order."""

    def deleted(
        self, folder_id: UUID, *, after: int, before: int | None = None, limit: int
    ) -> list[Revision]:
        """What is deleted since a number, the latest deletion first.

        With `before`, only what was deleted by changes of lower numbers.
        """

    def children(
        self, folder_id: UUID, parent: Identity, *, at: int | None = None
    ) -> list[Revision]:
        """What is in a folder, or was after change `at`, in no order. The root's identity is empty.

        Of a past that is long ago, this may take a while.
        """

    def page(
        self,
        folder_id: UUID,
        parent: Identity,
        *,
        after: Mark | None = None,
        limit: int,
        only_folders: bool = False,
    ) -> list[Revision]:
        """What is in a folder now: folders first, then by name, without regard to capitals.

        As many requests, however much is in it. What is committed meanwhile may show or not.
        """

    def remove(self, folder_id: UUID) -> None:
        """Forget all changes of a folder that nobody can commit to any more. Twice is once."""

    def history(
        self, folder_id: UUID, entry: Identity, *, before: int | None = None, limit: int
    ) -> list[Line]:
        """The changes of one entry, latest first; with `before`, those of lower numbers."""
