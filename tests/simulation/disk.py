"""A disk in memory that behaves as bad as disks may: what was not flushed may be gone, or torn.

Names are kept by a journal, as ext4, XFS, APFS and NTFS do: after a power cut some of the last
changes of names are undone, in order. Bytes that were not flushed may be anything.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from sync.client.errors import DiskFull
from sync.client.ports import CannotExchange, ChangedWhileRead, Stat
from sync.planner.names import folded
from sync.planner.tree import Kind

# So coarse are the times of files here.
GRAIN_NS = 10 * 10**6


@dataclass(eq=False)
class Node:
    kind: Kind
    inode: int
    data: bytes = b""
    flushed: bytes = b""
    mtime_ns: int = 0
    runs: bool = False
    inside: "dict[str, Node]" = field(default_factory=dict)

    @property
    def stat(self) -> Stat:
        if self.kind == Kind.FOLDER:
            return Stat(self.kind, self.inode, 0, 0, False)
        return Stat(self.kind, self.inode, len(self.data), self.mtime_ns, self.runs)


# One change of a name: in which folder, which, and what it named before.
Undo = tuple[Node, str, Node | None]


class SimulatedDisk:
    """`tick` is called before each operation, and may crash or let others do something."""

    def __init__(
        self,
        tick: Callable[[str], None],
        now_ns: Callable[[], int],
        *,
        exchanges: bool = True,
        ignores_case: bool = False,
    ) -> None:
        self._tick, self._now_ns = tick, now_ns
        self._exchanges, self.ignores_case = exchanges, ignores_case
        self._inodes = count(1)
        self._free: list[int] = []
        self.root = Node(Kind.FOLDER, next(self._inodes))
        self._log: list[list[Undo]] = []
        self.is_full = False

    # What the client asks for.

    def absolute(self, path: str) -> str:
        return path

    def list(self, folder: str) -> Sequence[tuple[str, Stat]]:
        self._tick(f"list {folder}")
        return [(name, node.stat) for name, node in self._folder(folder).inside.items()]

    def stat(self, path: str) -> Stat | None:
        self._tick(f"stat {path}")
        node = self.find(path)
        return node.stat if node else None

    def digest(self, path: str) -> tuple[str, Stat]:
        node = self._file(path)
        before, half = node.stat, node.data[: len(node.data) // 2]
        self._tick(f"digest {path}")
        found = hashlib.sha256(half + node.data[len(half) :]).hexdigest()
        if node.stat != before or self.find(path) is not node:
            raise ChangedWhileRead(path)
        return found, before

    def read(self, path: str) -> bytes:
        self._tick(f"read {path}")
        return self._file(path).data

    def read_link(self, path: str) -> str:
        self._tick(f"read link {path}")
        node = self.find(path)
        if node is None or node.kind != Kind.LINK:
            raise FileNotFoundError(path)
        return node.data.decode()

    def write(self, path: str, content: bytes) -> None:
        self._begin_writing(f"write {path}")
        self._put_new(path, self._node(Kind.FILE, content))

    def make_folder(self, path: str) -> None:
        self._begin_writing(f"make folder {path}")
        self._put_new(path, self._node(Kind.FOLDER))

    def make_link(self, path: str, target: str) -> None:
        self._begin_writing(f"make link {path}")
        self._put_new(path, self._node(Kind.LINK, target.encode()))

    def set_executable(self, path: str, *, is_executable: bool) -> None:
        self._tick(f"set executable {path}")
        self._file(path).runs = is_executable

    def copy_mode(self, source: str, target: str) -> None:
        self._tick(f"copy mode {source}")
        self._file(target).runs = self._file(source).runs

    def set_mtime(self, path: str, mtime_ns: int) -> None:
        self._tick(f"set mtime {path}")
        self._file(path).mtime_ns = mtime_ns

    def rename_new(self, source: str, target: str) -> None:
        self._tick(f"rename {source} to {target}")
        self.rename(source, target)

    def exchange(self, one: str, other: str) -> None:
        if not self._exchanges:
            raise CannotExchange(other)
        self._tick(f"exchange {one} and {other}")
        first, second = self._must_find(one), self._must_find(other)
        self._log.append([self._set(one, second), self._set(other, first)])

    def remove_file(self, path: str) -> None:
        self._tick(f"remove file {path}")
        self._file(path)
        self._log.append([self._set(path, None)])

    def remove_folder(self, path: str) -> None:
        self._tick(f"remove folder {path}")
        if self._folder(path).inside:
            raise OSError(39, "Directory not empty")
        self._log.append([self._set(path, None)])

    def flush(self, *, files: Sequence[str] = (), folders: Sequence[str] = ()) -> None:
        for path in files:
            self._tick(f"flush file {path}")
            node = self.find(path)
            if node:
                node.flushed = node.data
        for path in folders:
            self._tick(f"flush folder {path}")
            node = self.find(path)
            touching = [n for n, ops in enumerate(self._log) for at, _, _ in ops if at is node]
            if touching:
                del self._log[: touching[-1] + 1]

    def flush_all(self) -> None:
        self._tick("flush all")
        for _, node in self.walk():
            node.flushed = node.data
        self._log.clear()

    # What transfers do with it.

    def pour(self, path: str, content: bytes) -> None:
        """Write a file that may be there already, in one go that is not flushed."""
        self._begin_writing(f"pour {path}")
        node = self.find(path)
        if node is None:
            self._put_new(path, self._node(Kind.FILE, content))
        else:
            node.data, node.mtime_ns = content, self._time()

    # What people and power stations do with it.

    def find(self, path: str) -> Node | None:
        node: Node | None = self.root
        for name in path.split("/") if path else ():
            if node is None:
                return None
            found = node.inside.get(name)
            if found is None and self.ignores_case:
                found = node.inside.get(self._spelled(node, name))
            node = found
        return node

    def save(self, path: str, content: bytes, *, in_place: bool) -> None:
        """A person's edit, which their program flushes."""
        old = self.find(path)
        if old and in_place:
            node = old
            node.data, node.mtime_ns = content, self._time()
        else:
            node = self._node(Kind.FILE, content)
            node.runs = bool(old and old.runs)
            self._set(path, node)
        node.flushed = content
        self._log.clear()

    def lead(self, path: str, target: str) -> None:
        """A person's link to elsewhere, in the place of another."""
        self._set(path, self._node(Kind.LINK, target.encode()))
        self._log.clear()

    def rename(self, source: str, target: str) -> None:
        node, there = self._must_find(source), self.find(target)
        if there is not None and there is not node:
            raise FileExistsError(17, "File exists", target)
        if target.startswith(f"{source}/"):
            raise OSError(22, "Invalid argument", target)
        self._folder(target.rpartition("/")[0])
        self._log.append([self._set(source, None), self._set(target, node)])

    def drop(self, path: str) -> None:
        """Remove a file, or a folder with all in it."""
        node = self._must_find(path)
        self._set(path, None)
        self._free.append(node.inode)
        self._log.clear()

    def cut_power(self, random: Random) -> None:
        """Lose what was not flushed, as far as bad luck wants."""
        keep = random.randint(0, len(self._log))
        for operation in reversed(self._log[keep:]):
            for folder, name, before in reversed(operation):
                _name(folder, name, before)
        self._log.clear()
        for _, node in self.walk():
            if node.kind == Kind.FILE and node.data != node.flushed:
                torn = node.data[: random.randint(0, len(node.data))]
                zeros = bytes(len(node.data))
                node.data = random.choice([node.flushed, torn, zeros, node.data])
                node.flushed = node.data

    def walk(self) -> Sequence[tuple[str, Node]]:
        """All there is, by path."""
        found: list[tuple[str, Node]] = []
        waiting = [("", self.root)]
        while waiting:
            path, folder = waiting.pop()
            for name, node in sorted(folder.inside.items()):
                below = f"{path}/{name}" if path else name
                found.append((below, node))
                if node.kind == Kind.FOLDER:
                    waiting.append((below, node))
        return found

    def _begin_writing(self, what: str) -> None:
        self._tick(what)
        if self.is_full:
            raise DiskFull("There is no room on this disk.")

    def _node(self, kind: Kind, data: bytes = b"") -> Node:
        # Systems use the numbers of what is gone again at once.
        inode = self._free.pop() if self._free else next(self._inodes)
        return Node(kind, inode, data, mtime_ns=self._time())

    def _time(self) -> int:
        return self._now_ns() // GRAIN_NS * GRAIN_NS

    def _put_new(self, path: str, node: Node) -> None:
        if self.find(path) is not None:
            raise FileExistsError(17, "File exists", path)
        self._log.append([self._set(path, node)])

    def _set(self, path: str, node: Node | None) -> Undo:
        above, _, name = path.rpartition("/")
        folder = self._folder(above)
        if node is None:
            name = self._spelled(folder, name)
        undo = (folder, name, folder.inside.get(name))
        _name(folder, name, node)
        return undo

    def _spelled(self, folder: Node, name: str) -> str:
        if not self.ignores_case or name in folder.inside:
            return name
        return next((each for each in folder.inside if folded(each) == folded(name)), name)

    def _must_find(self, path: str) -> Node:
        node = self.find(path)
        if node is None:
            raise FileNotFoundError(2, "No such file", path)
        return node

    def _folder(self, path: str) -> Node:
        node = self._must_find(path)
        if node.kind != Kind.FOLDER:
            raise NotADirectoryError(20, "Not a directory", path)
        return node

    def _file(self, path: str) -> Node:
        node = self._must_find(path)
        if node.kind != Kind.FILE:
            raise IsADirectoryError(21, "Not a file", path)
        return node


def _name(folder: Node, name: str, node: Node | None) -> None:
    if node is None:
        folder.inside.pop(name, None)
    else:
        folder.inside[name] = node
