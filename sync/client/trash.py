"""Where things go that sync removes here or writes over, until their term ends.

Each lies at the path that it had, below the time at which it went: a person finds it by looking.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

from sync.client.ports import Disk
from sync.client.root import TRASH
from sync.planner.tree import Kind

TERM = timedelta(days=30)
_STAMP = "%Y-%m-%d %H.%M.%S"


class Trash:
    """The trash of one round. `folders` are those with new names in them, to be flushed."""

    def __init__(self, disk: Disk, now: datetime) -> None:
        self._disk = disk
        self._at = f"{TRASH}/{now.astimezone(UTC).strftime(_STAMP)}"
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
