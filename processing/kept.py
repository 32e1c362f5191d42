"""Let one child do the same for several files of one owner, one after the other.

A fork, and what libraries do when first used, cost a quarter of what a photo costs. A child
that did well is therefore kept for a moment, with the limits of any child: for this owner
alone, in a folder of its own that is all it can reach, so many times, and only while all goes
well. What it fails at is tried again in a new one, so that no file pays for an earlier one:
only what a new child says of a bad file counts.
"""

import gc
import json
import math
import os
import resource
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from processing import landlock, run, scratch
from processing.reasons import Refused

log = structlog.get_logger(__name__)

MOST_FILES = 50
# After so much work it is ended, which bounds what it may use of the processor in all.
MOST_SECONDS = 30
# So long it waits for the next file, and by so much it may have grown at most until then.
IDLE_SECONDS = 3
MOST_GROWTH_BYTES = 400 * 2**20
# What lines begin with that are not the answer.
TOLD = b"+"


@dataclass(frozen=True)
class Wish:
    """What is wanted of a child, whose function gets two paths, then `arguments`, then `tell`.

    The paths are those of the file and of the folder for what is made of it. What is given to
    `tell` comes to `on_told`, with that folder, while the child goes on. All goes by JSON.
    """

    function: Callable[..., Any]
    arguments: tuple[str | int, ...]
    owner: UUID
    limits: run.Limits
    check: run.Check
    on_told: Callable[[dict[str, Any], Path], object] = lambda told, folder: None


class _Kept:
    """A child and its folder. Once it rests a timer may end it; ask whether it could be woken."""

    def __init__(self, wish: Wish) -> None:
        self.owner, self.function = wish.owner, wish.function
        self.files, self.seconds = 0, 0.0
        self._lock, self._is_over, self._rests = threading.Lock(), False, False
        seconds = wish.limits.cpu_seconds
        with ExitStack() as stack:
            self.folder = stack.enter_context(scratch.folder())
            limits = replace(
                wish.limits, cpu_seconds=seconds + MOST_SECONDS, only_folder=self.folder
            )
            self.child = run.fork(_serve, wish.function, seconds, limits=limits)
            self._held = stack.pop_all()

    def is_spent(self) -> bool:
        # Where the kernel does not keep it in its folder, it gets no second file.
        most = MOST_FILES if landlock.version() else 1
        return self.files >= most or self.seconds >= MOST_SECONDS

    def rest(self) -> None:
        self._rests = True
        timer = threading.Timer(IDLE_SECONDS, self._end_if_it_rests)
        timer.daemon = True
        timer.start()
        self._timer = timer

    def wake(self) -> bool:
        self._timer.cancel()
        with self._lock:
            self._rests = False
            return not self._is_over

    def _end_if_it_rests(self) -> None:
        with self._lock:
            if self._rests and not self._is_over:
                self._end()

    def end(self) -> int:
        """Its exit status; 0 when it was ended before."""
        with self._lock:
            return 0 if self._is_over else self._end()

    def _end(self) -> int:
        self._is_over = True
        with self._held:
            return run.end(self.child)


class _Here(threading.local):
    """Each thread has its own: a child dies with the thread that forked it."""

    kept: _Kept | None = None


_here = _Here()


@contextmanager
def answered(file: Path, wish: Wish) -> Iterator[tuple[Any, Path]]:
    """What a child makes of a file, and the folder with what it left there, emptied afterwards.

    Raises as `run.call` does, and what `on_told` raises.
    """
    try:
        answer, kept = _answer(file, wish)
        yield answer, kept.folder
        _empty(kept.folder)
    except BaseException:
        let_go()
        raise
    if kept.is_spent():
        let_go()
    else:
        kept.rest()


def let_go(*, unless: UUID | None = None) -> None:
    """End the child that is kept here, if there is one, unless it is this owner's."""
    kept = _here.kept
    if kept and kept.owner != unless:
        _here.kept = None
        kept.end()


def _answer(file: Path, wish: Wish) -> tuple[Any, _Kept]:
    let_go(unless=wish.owner)
    kept = _here.kept
    if kept and kept.function == wish.function and kept.wake():
        try:
            return _ask(kept, file, wish), kept
        except (Refused, run.ChildDied) as error:
            log.info("kept_child_failed", files=kept.files, error=str(error))
    let_go()
    _here.kept = kept = _Kept(wish)
    return _ask(kept, file, wish), kept


def _ask(kept: _Kept, file: Path, wish: Wish) -> Any:
    began = time.monotonic()
    given = kept.folder / file.name
    os.link(file, given)
    heard = _reply(kept, (str(given), str(kept.folder), *wish.arguments), wish)
    answer = run.understood(heard, 0 if heard else kept.end())
    kept.files += 1
    kept.seconds += time.monotonic() - began
    return answer


def _reply(kept: _Kept, question: tuple[str | int, ...], wish: Wish) -> bytes:
    """The line of JSON that a child ends with; nothing from one that died."""
    line, rest, size = kept.child.line, b"", 0
    with suppress(BrokenPipeError, ConnectionResetError):
        line.sendall(json.dumps(question).encode() + b"\n")
        for piece in run.read(line.fileno(), kept.child.pid, wish.limits, wish.check):
            *whole, rest = (rest + piece).split(b"\n")
            for said in whole:
                if not said.startswith(TOLD):
                    return said
                wish.on_told(run.parsed(said.removeprefix(TOLD)), kept.folder)
            size += len(piece)
            if size > run.ANSWER_BYTES:
                raise run.ChildDied(f"an answer of more than {run.ANSWER_BYTES} bytes")
    return b""


def _empty(folder: Path) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry)
        else:
            os.unlink(entry)


def _serve(function: Callable[..., Any], cpu_seconds: int) -> None:
    """Answer question after question, until nobody asks any more. In the child."""
    # What the worker had loaded stays; looking for garbage in it copies its pages.
    gc.freeze()
    run.keep_memory()
    at_first = _most_held_bytes()
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=run.ASKING)

    def tell(told: dict[str, Any]) -> None:
        line.sendall(TOLD + json.dumps(told).encode() + b"\n")

    for question in line.makefile("rb"):
        _allow(cpu_seconds)
        answer = run.outcome(partial(function, tell=tell), json.loads(question))
        line.sendall(json.dumps(answer).encode() + b"\n")
        if _most_held_bytes() - at_first > MOST_GROWTH_BYTES:
            return


def _most_held_bytes() -> int:
    """What this process, and its worker before the fork, had in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _allow(cpu_seconds: int) -> None:
    """Let this process use so many seconds of the processor from now on; its end stays fixed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(used.ru_utime + used.ru_stime) + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))
