"""A folder on this computer, as `ports.Disk` has it: what the system offers, and nothing decided.

No path is followed through a symbolic link at its end. What only some systems can do in one step
(renaming without replacing, exchanging two names) is asked of the C library.
"""

import ctypes
import errno
import hashlib
import os
import stat as modes
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from io import FileIO
from typing import Any

from sync.client.errors import DiskFull
from sync.client.flushing import flush_together
from sync.client.ignore import OWN_FOLDER
from sync.client.ports import CannotExchange, ChangedWhileRead, Stat
from sync.planner.names import folded
from sync.planner.tree import Kind

# renameat2(2) on Linux, renamex_np(2) on macOS.
_AT_FDCWD = -100
_KEEP, _EXCHANGE = (4, 2) if sys.platform == "darwin" else (1, 2)
_UNKNOWN_HERE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
# Many small files are on their way to the disk at once; more does not help.
_FLUSHERS = 16
_READ_BYTES = 2**18
# Pooled and remote disks number files with 64 bits; records have room for 63 of them.
_INODE_BITS = 2**63 - 1
_KINDS = {modes.S_IFREG: Kind.FILE, modes.S_IFDIR: Kind.FOLDER, modes.S_IFLNK: Kind.LINK}


class LocalDisk:
    """A folder by its absolute path."""

    def __init__(self, root: str) -> None:
        self._root = os.path.abspath(root)

    def absolute(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def list(self, folder: str) -> Sequence[tuple[str, Stat]]:
        with os.scandir(self.absolute(folder)) as entries:
            return [(entry.name, _stat(entry.stat(follow_symlinks=False))) for entry in entries]

    def stat(self, path: str) -> Stat | None:
        try:
            return _stat(os.lstat(self.absolute(path)))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def digest(self, path: str) -> tuple[str, Stat]:
        with open(self.absolute(path), "rb", buffering=0, opener=_open_no_link) as file:
            before = _stat(os.fstat(file.fileno()))
            found = _digest(file, before.size_bytes)
            after = _stat(os.fstat(file.fileno()))
        if before != after or self.stat(path) != after:
            raise ChangedWhileRead(path)
        return found, after

    def read(self, path: str) -> bytes:
        with open(self.absolute(path), "rb", opener=_open_no_link) as file:
            return file.read()

    def read_link(self, path: str) -> str:
        target = os.readlink(self.absolute(path))
        target.encode()
        return target

    def write(self, path: str, content: bytes) -> None:
        with _room(), open(self.absolute(path), "xb") as file:
            file.write(content)

    def make_folder(self, path: str) -> None:
        with _room():
            os.mkdir(self.absolute(path))

    def make_link(self, path: str, target: str) -> None:
        with _room():
            os.symlink(target, self.absolute(path))

    def set_executable(self, path: str, *, is_executable: bool) -> None:
        absolute = self.absolute(path)
        mode = modes.S_IMODE(os.lstat(absolute).st_mode)
        # Whoever may read it may run it.
        wanted = mode | (mode & 0o444) >> 2 if is_executable else mode & ~0o111
        os.chmod(absolute, wanted)

    def copy_mode(self, source: str, target: str) -> None:
        mode = modes.S_IMODE(os.lstat(self.absolute(source)).st_mode)
        os.chmod(self.absolute(target), mode & 0o777)

    def set_mtime(self, path: str, mtime_ns: int) -> None:
        os.utime(self.absolute(path), ns=(mtime_ns, mtime_ns), follow_symlinks=False)

    def rename_new(self, source: str, target: str) -> None:
        with _room():
            if self._is_other_spelling(source, target):
                os.rename(self.absolute(source), self.absolute(target))
            elif not _rename(self.absolute(source), self.absolute(target), _KEEP):
                if self.stat(target) is not None:
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
                os.rename(self.absolute(source), self.absolute(target))

    def exchange(self, one: str, other: str) -> None:
        if not _rename(self.absolute(one), self.absolute(other), _EXCHANGE):
            raise CannotExchange(other)

    def remove_file(self, path: str) -> None:
        os.unlink(self.absolute(path))

    def remove_folder(self, path: str) -> None:
        os.rmdir(self.absolute(path))

    def flush(self, *, files: Sequence[str] = (), folders: Sequence[str] = ()) -> None:
        paths = [self.absolute(path) for path in files]
        if len(paths) < 2:
            _flush_all(paths)
        elif not flush_together(paths):
            shares = [paths[begin::_FLUSHERS] for begin in range(min(_FLUSHERS, len(paths)))]
            with ThreadPoolExecutor(_FLUSHERS) as flushers:
                list(flushers.map(_flush_all, shares))
        for folder in folders:
            _flush(self.absolute(folder))

    def flush_all(self) -> None:
        if _SYNCFS is None:
            os.sync()
            return
        handle = os.open(self._root, os.O_RDONLY)
        try:
            if _SYNCFS(handle) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), self._root)
        finally:
            os.close(handle)

    def _is_other_spelling(self, source: str, target: str) -> bool:
        """Whether two paths are one for this disk, which takes no notice of what differs."""
        if source == target or folded(source) != folded(target):
            return False
        found = self.stat(target)
        return found is not None and found == self.stat(source) and not self._has_both(target)

    def _has_both(self, target: str) -> bool:
        folder, _, name = target.rpartition("/")
        return any(name == each for each, _ in self.list(folder))


def all_below(root: str) -> Iterator["os.DirEntry[str]"]:
    """All that is in a root, but what the client keeps for itself; links are not followed.

    However deep it is. A folder that cannot be read is left out.
    """
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if folder == root and entry.name == OWN_FOLDER:
                    continue
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _stat(found: os.stat_result) -> Stat:
    kind, is_folder, runs = _meaning(found.st_mode)
    if is_folder:
        return _make_stat((kind, found.st_ino & _INODE_BITS, 0, 0, False))
    inode = found.st_ino & _INODE_BITS
    return _make_stat((kind, inode, found.st_size, found.st_mtime_ns, runs))


# There are few modes, and a look asks for each of a million files.
@lru_cache(maxsize=256)
def _meaning(mode: int) -> tuple[Kind | None, bool, bool]:
    """Of a mode: the kind, whether that is a folder, and whether it is a file that may be run."""
    kind = _KINDS.get(modes.S_IFMT(mode))
    return kind, kind == Kind.FOLDER, kind == Kind.FILE and mode & modes.S_IXUSR != 0


# Without the function in Python that a named tuple has for it.
_make_stat: Callable[[tuple[object, ...]], Stat] = partial(tuple.__new__, Stat)


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _digest(file: FileIO, size_bytes: int) -> str:
    """The SHA-256 of what is in a file, in hex. A small one is read at once."""
    found, most = hashlib.sha256(), min(size_bytes, _READ_BYTES) + 1
    while piece := file.read(most):
        found.update(piece)
    return found.hexdigest()


def _flush_all(paths: Sequence[str]) -> None:
    for path in paths:
        _flush(path)


def _flush(path: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull("There is no room on this disk.") from error
        raise


def _rename(source: str, target: str, flags: int) -> bool:
    """Rename as flags say; False when system or file system has no such way."""
    if _CALL is None:
        return False
    if _CALL(os.fsencode(source), os.fsencode(target), flags) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN_HERE:
        return False
    raise OSError(number, os.strerror(number), source, None, target)


def _find_call() -> Callable[[bytes, bytes, int], int] | None:
    library: Any = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        return getattr(library, "renamex_np", None)
    found = getattr(library, "renameat2", None)
    if found is None:
        return None
    return lambda source, target, flags: found(_AT_FDCWD, source, _AT_FDCWD, target, flags)


# One file system alone; os.sync() waits for all of them.
_SYNCFS: Any = (
    getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None) if os.name == "posix" else None
)
_CALL = _find_call() if os.name == "posix" else None
