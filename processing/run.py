"""Start children for whatever touches a stranger's file, with limits, and watch them.

The only module that starts programs. A child that is too slow, too large or too wide is
killed with everything it started; one that dies takes nothing with it. Children get no
open file, socket or database connection of the worker, no network, and answer in JSON.
"""

import ctypes
import errno
import fcntl
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from processing import asking, landlock
from processing.reasons import DAMAGED, TOO_MUCH_MEMORY, TOOK_TOO_LONG, WORDS, Refused
from processing.seccomp import leave_the_network

Check = Callable[[], None]

# How often a child's watcher asks whether it should go on.
GLANCE_SECONDS = 0.5
GRACE_SECONDS = 5
ANSWER_BYTES = 2**20
TAIL_BYTES = 4000
GIBIBYTE = 2**30
PR_SET_PDEATHSIG = 1
# The numbers of a child's two ways to its worker.
ANSWER, ASKING = 3, 4
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# Of malloc.h of glibc: from which size on a block is mapped by itself, how much that is free goes
# back to the system, and how many heaps threads have.
MALLOC = {-3: 32 * 2**20, -1: GIBIBYTE, -8: 1}


_folder: ContextVar[Path | None] = ContextVar("the folder of the present job", default=None)


@dataclass(frozen=True)
class Limits:
    """What a child may use. Files are those it writes; memory is address space.

    With `only_folder` it reaches no other, as far as the kernel can hold it there.
    """

    wall_seconds: float
    cpu_seconds: int
    file_bytes: int
    memory_bytes: int = 6 * GIBIBYTE
    open_files: int = 64
    niceness: int = 5
    only_folder: Path | None = None


@contextmanager
def children_stay_in(folder: Path) -> Iterator[None]:
    """Children that are begun meanwhile reach no other folder, unless their limits name one."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


class ChildDied(Exception):
    """Killed from outside or by itself, with no word: the machine's fault or the file's."""


class DiskFull(Exception):
    """There was no room for what a child writes: never the file's fault, and it passes."""


class ProgramFailed(Exception):
    """A program ended with an error; the end of what it said is the message."""


def call(
    function: Callable[..., Any],
    *arguments: Any,
    limits: Limits,
    check: Check,
    source: asking.Source | None = None,
) -> Any:
    """Run a function in a forked child; arguments by memory, the answer by JSON.

    A fork costs some 10 ms where a fresh interpreter costs 600. `check` is asked twice a
    second and stops the child by raising. Of a `source` the function gets a file as its first
    argument, whose bytes the child asks of this process: it can reach nothing else.
    Raises Refused as the function does, or when limits are exceeded, DiskFull, ChildDied, and
    whatever the source does.
    """
    files = (asking.RemoteFile(ASKING, source.size_bytes),) if source else ()
    child = fork(function, *files, *arguments, limits=limits)
    try:
        line = child.line.fileno()
        answers = {line: partial(asking.answer, child.line, source)} if source else {}
        answer = _at_most(ANSWER_BYTES, read(child.answer, child.pid, limits, check, answers))
    except asking.Babble as error:
        raise ChildDied(str(error)) from error
    finally:
        status = end(child)
    return understood(answer, status)


class Child(NamedTuple):
    """A forked child: where its last words come out, and a line for talking until then."""

    pid: int
    answer: int
    line: socket.socket


def fork(function: Callable[..., Any], *arguments: Any, limits: Limits) -> Child:
    """Begin a function in a child. Its line there is the file ASKING; it is to be ended."""
    reader, writer = os.pipe()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _answer(function, arguments, (writer, theirs.fileno()), limits)
    os.close(writer)
    theirs.close()
    return Child(pid, reader, ours)


def keep_memory() -> None:
    """Let this process use memory again instead of giving it back. In a child that does much.

    The system clears each page that it gives, which takes a fortieth of what a photo takes.
    """
    if _libc is not None and hasattr(_libc, "mallopt"):
        for option, value in MALLOC.items():
            _libc.mallopt(option, value)


def end(child: Child) -> int:
    """Kill a child if it lives, and tidy up behind it; its exit status."""
    os.close(child.answer)
    child.line.close()
    _kill(child.pid)
    return os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])


def program(
    argv: Sequence[str],
    *,
    limits: Limits,
    check: Check,
    on_line: Callable[[str], object] = lambda line: None,
) -> None:
    """Run a program to its end; `on_line` gets its output.

    Raises Refused, ProgramFailed, DiskFull, and ChildDied when it was killed from outside.
    """
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb"), tempfile.TemporaryFile() as said:
        with os.fdopen(writer, "wb"):
            child = subprocess.Popen(  # noqa: S603  # Never a shell, never a user's words.
                argv,
                stdin=subprocess.DEVNULL,
                stdout=writer,
                stderr=said,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                preexec_fn=lambda: _confine(limits),  # noqa: PLW1509  # Only system calls.
            )
        try:
            _pass_on(read(reader, child.pid, limits, check), on_line)
            _wait_for(child, limits, check)
        except BaseException:
            _kill(child.pid)
            raise
        finally:
            status = child.wait()
        if status:
            _explain(status)
            words = _tail(said, status)
            _blame_the_disk(words)
            # Out of memory, the system kills whom it likes.
            raise (ChildDied if status == -signal.SIGKILL else ProgramFailed)(words)


def _answer(
    function: Callable[..., Any], arguments: Sequence[Any], kept: tuple[int, int], limits: Limits
) -> NoReturn:
    """The whole life of a forked child. It must never return into the worker's code."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        _keep_only(kept)
        _confine(limits)
        with os.fdopen(ANSWER, "wb") as out:
            out.write(json.dumps(outcome(function, arguments)).encode())
    finally:
        os._exit(0)


def _keep_only(kept: tuple[int, int]) -> None:
    """Close every file and socket of the worker but these, which get the numbers agreed upon."""
    # First out of each other's way: one may have the other's number.
    high = [fcntl.fcntl(number, fcntl.F_DUPFD, ASKING + 1) for number in kept]
    for number, wanted in zip(high, (ANSWER, ASKING), strict=True):
        os.dup2(number, wanted)
    os.closerange(ASKING + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def outcome(function: Callable[..., Any], arguments: Sequence[Any]) -> dict[str, Any]:
    """What a function comes to, ready for JSON. In the child."""
    try:
        return {"done": function(*arguments)}
    except Refused as refusal:
        return {"refused": [refusal.reason, refusal.detail]}
    except MemoryError:
        return {"refused": [TOO_MUCH_MEMORY, traceback.format_exc()[-TAIL_BYTES:]]}
    except Exception:
        return {"surprise": traceback.format_exc()[-TAIL_BYTES:]}


def _confine(limits: Limits) -> None:
    os.setsid()
    os.nice(limits.niceness)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds, spare=GRACE_SECONDS)
    _limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    if _libc is not None:
        # A worker that is killed takes its children with it.
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    leave_the_network()
    folder = limits.only_folder or _folder.get()
    if folder and landlock.version():
        landlock.stay_in(folder)
    # Last: a program's child still has the worker's files here, and those above open some.
    _limit(resource.RLIMIT_NOFILE, limits.open_files)


def _limit(kind: int, most: int, *, spare: int = 0) -> None:
    """Lower one limit. The signal that tells why comes at the soft one, the end at the hard."""
    hard = resource.getrlimit(kind)[1]
    if hard == resource.RLIM_INFINITY:
        hard = most + spare
    resource.setrlimit(kind, (min(most, hard), min(most + spare, hard)))


def read(
    reader: int,
    pid: int,
    limits: Limits,
    check: Check,
    answers: Mapping[int, Callable[[], bool]] = MappingProxyType({}),
) -> Iterator[bytes]:
    """What a child writes, until it ends or its time is over. What it asks is answered."""
    ends_at = time.monotonic() + limits.wall_seconds
    listening = set(answers)
    while True:
        check()
        if time.monotonic() > ends_at:
            raise Refused(TOOK_TOO_LONG, f"child {pid} ran for {limits.wall_seconds} s")
        ready = select.select([reader, *listening], [], [], GLANCE_SECONDS)[0]
        listening -= {number for number in ready if number in listening and not answers[number]()}
        if reader in ready:
            piece = os.read(reader, 65536)
            if not piece:
                return
            yield piece


def _wait_for(child: "subprocess.Popen[bytes]", limits: Limits, check: Check) -> None:
    """Let a program end that says nothing any more; it may have closed its output, and go on."""
    ends_at = time.monotonic() + limits.wall_seconds
    while True:
        try:
            child.wait(GLANCE_SECONDS)
        except subprocess.TimeoutExpired as silent:
            check()
            if time.monotonic() > ends_at:
                raise Refused(TOOK_TOO_LONG, f"child {child.pid} went on in silence") from silent
        else:
            return


def _at_most(size: int, pieces: Iterator[bytes]) -> bytes:
    """All of it; a child that goes on for ever does not fill the worker's memory."""
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > size:
            raise ChildDied(f"an answer of more than {size} bytes")
    return bytes(whole)


def _pass_on(pieces: Iterator[bytes], on_line: Callable[[str], object]) -> None:
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            on_line(line.decode("utf-8", "replace"))
        rest = rest[-ANSWER_BYTES:]


def _kill(pid: int) -> None:
    """End a child and whatever it started. Harmless when it is gone but not yet waited for."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def understood(answer: bytes, status: int) -> Any:
    """The child's answer. It read a hostile file: believe nothing of it but JSON."""
    try:
        said = parsed(answer)
    except ChildDied as error:
        _explain(status)
        raise ChildDied(f"no answer; exit status {status}") from error
    _blame_the_disk(str(said.get("refused") or said.get("surprise")))
    if "refused" in said:
        reason, detail = said["refused"]
        if reason not in WORDS:
            raise ChildDied(f"a reason that nobody wrote: {reason!r:.200}")
        raise Refused(reason, str(detail))
    if "surprise" in said:
        raise ChildDied(said["surprise"])
    return said["done"]


def parsed(words: bytes) -> dict[str, Any]:
    """An object in JSON of a child's. Raises ChildDied when it is none."""
    try:
        said = json.loads(words)
    except ValueError as error:
        raise ChildDied(str(error)) from None
    if not isinstance(said, dict):
        raise ChildDied("no object")
    return said


def _explain(status: int) -> None:
    """Turn the signals that a bad file provokes into a refusal."""
    if status == -signal.SIGXCPU:
        raise Refused(TOOK_TOO_LONG, "too much processor time")
    if -status in {signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE}:
        raise Refused(DAMAGED, f"the decoder crashed with signal {-status}")
    if -status in {signal.SIGABRT, signal.SIGTRAP}:
        raise Refused(TOO_MUCH_MEMORY, f"the decoder gave up with signal {-status}")


def _blame_the_disk(words: str) -> None:
    if os.strerror(errno.ENOSPC) in words:
        raise DiskFull(words)


def _tail(said: Any, status: int) -> str:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - TAIL_BYTES))
    return f"exit status {status}\n{said.read().decode('utf-8', 'replace')}"
