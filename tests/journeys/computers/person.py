"""Somebody who works on the files of a copy while a client syncs it, and keeps exact books.

Everything is done in one step of the file system, as careful programs do: what was replaced or
removed is found out by looking at what came away, not at what was there a moment ago. So the books
are right whatever the client does meanwhile.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from sync.client.disk import LocalDisk
from sync.client.ignore import OWN_FOLDER

NAMES = ("a", "b", "notes.txt", "Notes.txt", "d.tar.gz", "é", "Sea", "long name with spaces.md")
TARGETS = ("a", "../b", "/nowhere", "é")
MOST_REMOVED = 5
# The client leaves its own folder alone; it is on the same file system.
DESK = f"{OWN_FOLDER}/person"
LARGE_BYTES = 17 * 2**20


@dataclass
class Books:
    """SHA-256 of contents: `made` by somebody, and of these `retired` by whoever had them."""

    made: set[str] = field(default_factory=set)
    retired: set[str] = field(default_factory=set)


class Person:
    def __init__(self, root: Path, name: str, books: Books, random: Random) -> None:
        self._root, self._name, self._books, self._random = root, name, books, random
        self._disk = LocalDisk(str(root))
        self._numbers = count(1)
        (root / DESK).mkdir(parents=True, exist_ok=True)

    def do_something(self, chance: float) -> None:
        """One random thing. Nothing, where the client was quicker."""
        acts: list[Callable[[], None]] = [
            self.add, self.add, self.add, self._edit, self._edit, self._edit, self._append,
            self._append, self._move, self._move, self._move, self._spell_anew, self._remove,
            self._replace_by_folder, self._flag, self._lead, self._copy,
        ]  # fmt: skip
        with suppress(OSError):
            acts[int(chance * len(acts))]()

    def add(self) -> None:
        """A new file, or now and then a folder."""
        path = self._place()
        if self._random.random() < 0.3:
            self._disk.make_folder(path)
        else:
            self.put_new(path, self._content())

    def add_large(self) -> None:
        """A file that travels in parts."""
        self.put_new("film.mp4", self._random.randbytes(LARGE_BYTES))

    def edit_large(self) -> None:
        """A thousand bytes more in its middle."""
        with suppress(OSError):
            before = self._disk.read("film.mp4")
            middle = len(before) // 2
            self._put("film.mp4", before[:middle] + self._content() + before[middle:])

    def _edit(self) -> None:
        if path := self._some_file():
            self._put(path, self._content())

    def _append(self) -> None:
        """Into the file itself, as logs are written."""
        if not (path := self._some_file()):
            return
        with open(self._root / path, "r+b", opener=_no_link) as file:
            before, more = file.read(), self._content()
            file.write(more)
            inode = os.fstat(file.fileno()).st_ino
        found = self._disk.stat(path)
        # Otherwise the client had taken that very file away, with what the service holds.
        if found and found.inode == inode:
            self._books.retired.add(_sha256(before))
            self._books.made.add(_sha256(before + more))

    def _copy(self) -> None:
        if path := self._some_file():
            self.put_new(self._place(), self._disk.read(path))

    def _move(self) -> None:
        if path := self._some():
            self._disk.rename_new(path, self._place())

    def _spell_anew(self) -> None:
        """In other capitals."""
        if path := self._some():
            above, _, name = path.rpartition("/")
            self._disk.rename_new(path, f"{above}/{name.swapcase()}" if above else name.swapcase())

    def _remove(self) -> None:
        """Little at a time: when much goes, clients that watch ask first, and nobody answers."""
        path = self._some()
        if path and sum(1 for _ in (self._root / path).rglob("*")) < MOST_REMOVED:
            aside = self._aside()
            self._disk.rename_new(path, aside)
            self._give_up(aside)

    def _replace_by_folder(self) -> None:
        if path := self._some_file():
            aside = self._aside()
            self._disk.rename_new(path, aside)
            self._give_up(aside)
            self._disk.make_folder(path)
            self.put_new(f"{path}/inside.txt", self._content())

    def _flag(self) -> None:
        if path := self._some_file():
            self._disk.set_executable(path, is_executable=self._random.random() < 0.5)

    def _lead(self) -> None:
        self._disk.make_link(self._place(), self._random.choice(TARGETS))

    def put_new(self, path: str, content: bytes) -> None:
        """A new file, whole from its first moment; raises OSError where something is."""
        aside = self._aside()
        self._disk.write(aside, content)
        self._disk.rename_new(aside, path)
        self._books.made.add(_sha256(content))

    def _put(self, path: str, content: bytes) -> None:
        """In the place of whatever is there, which is then given up."""
        aside = self._aside()
        self._disk.write(aside, content)
        self._disk.exchange(aside, path)
        self._books.made.add(_sha256(content))
        self._give_up(aside)

    def _give_up(self, aside: str) -> None:
        taken = self._root / aside
        if _is_folder(taken):
            found = [each for each in taken.rglob("*") if each.is_file() and not each.is_symlink()]
            self._books.retired.update(_sha256(each.read_bytes()) for each in found)
            shutil.rmtree(taken)
            return
        if not taken.is_symlink():
            self._books.retired.add(_sha256(taken.read_bytes()))
        taken.unlink()

    def _aside(self) -> str:
        return f"{DESK}/{next(self._numbers)}"

    def _content(self) -> bytes:
        """Never the same twice."""
        told = f"{self._name} {next(self._numbers)} ".encode()
        return told + self._random.randbytes(self._random.randint(0, 3000))

    def _some(self) -> str:
        found = sorted(_everything(self._root))
        return self._random.choice(found) if found else ""

    def _some_file(self) -> str:
        found = sorted(
            path for path in _everything(self._root) if _is_small_file(self._root / path)
        )
        return self._random.choice(found) if found else ""

    def _place(self) -> str:
        """Somewhere that may be free."""
        folders = [path for path in _everything(self._root) if _is_folder(self._root / path)]
        folder = self._random.choice(["", *sorted(folders)])
        name = self._random.choice(NAMES)
        return f"{folder}/{name}" if folder else name


def _everything(root: Path) -> list[str]:
    found = []
    for above, folders, files in os.walk(root):
        if Path(above) == root:
            folders[:] = [name for name in folders if name != OWN_FOLDER]
        found += [str(Path(above, name).relative_to(root)) for name in (*folders, *files)]
    return found


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_small_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size < LARGE_BYTES


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
