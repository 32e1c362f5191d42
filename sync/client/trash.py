"""Where things go that sync removes here or writes over, until their term ends.

Each lies at the path that it had, below the time at which it went: a person finds it by looking.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

from sync.client.ports import Disk
from sync.client.root import TRASH
from sync.planner.names import beside, folded
from sync.planner.tree import Kind

TERM = timedelta(days=30)
_STAMP = "%Y-%m-%d %H.%M.%S"


class Trash:
    """The trash of one round. `folders` are those with new names in them, to be flushed."""

    def __init__(self, disk: Disk, now: datetime) -> None:
        self._disk = disk
        self.name = now.astimezone(UTC).strftime(_STAMP)
        self._at = f"{TRASH}/{self.name}"
        self.folders: set[str] = set()

    def slot(self, path: str) -> str:
        """A free place for what is at a path, in folders that are there."""
        names = path.split("/")
        folder = TRASH
        for below in (
            self._at,
            *(f"{self._at}/{'/'.join(names[:n])}" for n in range(1, len(names))),
        ):
            self.folders.add(folder)
            folder = self._folder(below)
        self.folders.add(folder)
        return self._free(f"{folder}/{names[-1]}")

    def _folder(self, path: str) -> str:
        with suppress(FileExistsError):
            self._disk.make_folder(path)
        return path

    def _free(self, path: str) -> str:
        for number in count(2):
            if self._disk.stat(path) is None:
                return path
            path = f"{path} {number}"
        raise AssertionError("Numbers do not end.")


def left_in(disk: Disk, name: str) -> Iterator[tuple[str, str]]:
    """The files in a round's trash: where each is, and where it was.

    One that the service has not was written at the moment of a step that was interrupted, or that
    met two such edits: it is somebody's, and not thrown away.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with suppress(FileNotFoundError):
            for each, stat in sorted(disk.list(f"{TRASH}/{name}{inside}")):
                if stat.kind == Kind.FOLDER:
                    waiting.append(f"{inside}/{each}")
                elif stat.kind == Kind.FILE:
                    path = f"{inside}/{each}"
                    yield f"{TRASH}/{name}{path}", path.removeprefix("/")


def give_back(disk: Disk, slot: str, path: str, remark: str) -> str:
    """Put a file of the trash where it was, or beside that, and return the path.

    Where its folder is gone, it comes into the next one above.
    """
    folder, _, name = path.rpartition("/")
    while folder and not _is_folder(disk, folder):
        folder = folder.rpartition("/")[0]
    taken = {folded(each) for each, _ in disk.list(folder)}
    if folded(name) in taken:
        name = beside(name, remark, taken)
    target = f"{folder}/{name}" if folder else name
    disk.rename_new(slot, target)
    disk.flush(folders=[folder])
    return target


def _is_folder(disk: Disk, path: str) -> bool:
    stat = disk.stat(path)
    return stat is not None and stat.kind == Kind.FOLDER


def empty(disk: Disk, now: datetime, term: timedelta = TERM) -> None:
    """Remove for good what has been in the trash for longer than its term."""
    last = (now - term).astimezone(UTC).strftime(_STAMP)
    for name, stat in disk.list(TRASH):
        if stat.kind == Kind.FOLDER and name < last and name[:1].isdigit():
            _remove(disk, f"{TRASH}/{name}")


def _remove(disk: Disk, folder: str) -> None:
    for name, stat in disk.list(folder):
        path = f"{folder}/{name}"
        if stat.kind == Kind.FOLDER:
            _remove(disk, path)
        else:
            disk.remove_file(path)
    disk.remove_folder(folder)
