"""Fetch one object into a file: in spans side by side, verified as a whole, gone on with later.

What is here already is not fetched: of a large file, the chunks that an older file of this
computer has in common with it. Writes to the file it is given and to no other; renames nothing.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from io import FileIO
from typing import Protocol

from sync.client import chunks, parts
from sync.client.chunks import Chunk, Manifest
from sync.client.parts import Span
from sync.client.ports import ChangedWhileRead, Download
from sync.client.reading import Digesting, pieces
from sync.client.several import Several
from sync.client.unfinished import Unfinished

SPAN_BYTES = 8 * 2**20
# So many spans of one file may wait or be under way.
SPANS_AHEAD = 16
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Fetch(Protocol):
    """Gives the bytes of a span in order, each piece with the place where it begins."""

    def __call__(self, span: Span, take: Callable[[int, memoryview], None]) -> None: ...


class BytesDiffer(Exception):
    """What was fetched is not what its SHA-256 says. Nothing is kept of it."""


def copied(wanted: Download) -> bool:
    """Whether the old file on this computer has just these bytes; then the target has them too."""
    digest = hashlib.sha256()
    try:
        with open(wanted.old, "rb", buffering=0) as source, _opened(wanted.target) as file:
            if os.fstat(source.fileno()).st_size != wanted.size_bytes:
                return False
            file.truncate(0)
            start = 0
            for piece in pieces(source, 0, wanted.size_bytes):
                _write(file.fileno(), start, memoryview(piece))
                digest.update(piece)
                start += len(piece)
    except (FileNotFoundError, ChangedWhileRead):
        return False
    return digest.hexdigest() == wanted.sha256


def fetch_small(wanted: Download, fetch: Fetch) -> None:
    """Fetch all of it in one go. Raises BytesDiffer."""
    digest = hashlib.sha256()
    handle = os.open(wanted.target, _FLAGS | os.O_TRUNC, 0o666)
    try:

        def take(start: int, piece: memoryview) -> None:
            _write(handle, start, piece)
            digest.update(piece)

        if wanted.size_bytes:
            fetch(Span(0, wanted.size_bytes), take)
    finally:
        os.close(handle)
    if digest.hexdigest() != wanted.sha256:
        raise BytesDiffer


class LargeFetch:
    """One large object on its way into one file, and what of it is there already."""

    def __init__(self, wanted: Download, record: Unfinished, fetch: Fetch, pool: Executor) -> None:
        self._wanted = wanted
        self._record = record
        self._fetch = fetch
        self._pool = pool

    def run(self, listed: Manifest) -> Manifest:
        """Fetch what is neither in the file nor in the old one; the chunks of it all.

        `listed` are the chunks that it should have, or nothing. Raises BytesDiffer.
        """
        with _opened(self._wanted.target) as file:
            done = self._begun(file)
            held = _taken_over(file, listed, self._wanted.old) if listed else set[Chunk]()
            with Several(self._pool, most=SPANS_AHEAD) as several:
                for span in self._spans(listed, held):
                    if span not in done:
                        several.add(partial(self._fetch_span, file, span))
            return self._verified(file)

    def _begun(self, file: FileIO) -> set[Span]:
        """What an attempt before has written, if this is the file that it wrote to."""
        target, size_bytes = self._wanted.target, self._wanted.size_bytes
        if os.fstat(file.fileno()).st_size != size_bytes:
            self._record.forget_spans(target)
            file.truncate(size_bytes)
        return self._record.spans(target, self._wanted.sha256)

    def _spans(self, listed: Manifest, held: set[Chunk]) -> list[Span]:
        if held:
            return parts.missing_spans(listed, held, span_bytes=SPAN_BYTES)
        return parts.spans_of_all(self._wanted.size_bytes, span_bytes=SPAN_BYTES)

    def _fetch_span(self, file: FileIO, span: Span) -> None:
        self._fetch(span, partial(_write, file.fileno()))
        # What is noted must be there after a power cut too.
        os.fsync(file.fileno())
        self._record.note_span(self._wanted.target, self._wanted.sha256, span)

    def _verified(self, file: FileIO) -> Manifest:
        file.seek(0)
        reading = Digesting(file)
        found = chunks.manifest_of(reading)
        self._record.forget_spans(self._wanted.target)
        if reading.sha256 != self._wanted.sha256:
            file.truncate(0)
            raise BytesDiffer
        return found


def _taken_over(file: FileIO, listed: Manifest, old: str) -> set[Chunk]:
    """Write the chunks that an old file has to where they belong; which those are."""
    places = parts.places(listed)
    held = set[Chunk]()
    try:
        with open(old, "rb", buffering=0) as source:
            for chunk, data in chunks.cut(source):
                for start in places.get(chunk, ()):
                    _write(file.fileno(), start, data)
                    held.add(chunk)
    except FileNotFoundError:
        # It was moved or removed meanwhile: what was found until then is good.
        return held
    return held


def _write(handle: int, start: int, piece: memoryview) -> None:
    while piece:
        count = os.pwrite(handle, piece, start)
        start, piece = start + count, piece[count:]


@contextmanager
def _opened(target: str) -> Iterator[FileIO]:
    """The file at a path, made when it is not there. Follows no link."""
    with FileIO(os.open(target, _FLAGS, 0o666), "r+b") as file:
        yield file
