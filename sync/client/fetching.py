"""Fetch files: ask where their bytes are, bring them into the files given, and verify them.

What is on this computer already is taken from there. Nothing here renames or flushes a file.
"""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial

from sync.client import chunks, download, errors
from sync.client.chunks import Manifest, ManifestIsUnreadable
from sync.client.connections import NotThere, NotUnderstood, Refused
from sync.client.crew import Job, together
from sync.client.download import SPAN_BYTES, BytesDiffer, LargeFetch
from sync.client.leave import Leave
from sync.client.objects import Objects
from sync.client.parts import Span
from sync.client.ports import Download, Fetched
from sync.client.unfinished import Unfinished
from sync.protocol.transfers import MOST_WANTED, Address

# As many as the service takes at once: a request costs it 10 ms beside what it answers.
FILES_ASKED = MOST_WANTED
# And fewer at first, so that bytes come while the next are asked about.
FIRST_ASKED = 200
# A list that is longer is of terabytes; such a file is fetched whole.
LONGEST_LIST_BYTES = 16 * 2**20

Take = Callable[[int, memoryview], None]


class Fetching:
    """All that one call fetches."""

    def __init__(
        self, leave: Leave, objects: Objects, record: Unfinished, *, parts: Executor
    ) -> None:
        self._leave = leave
        self._objects = objects
        self._record = record
        self._parts = parts

    def jobs(self, downloads: Sequence[Download]) -> Sequence[Job[Fetched]]:
        """Ask where the bytes are, and make a job of each."""
        sha256 = list(dict.fromkeys(each.sha256 for each in downloads))
        found = dict(zip(sha256, self._leave.addresses(sha256), strict=True))
        return [
            Job(partial(self._run, each, found), each[0].size_bytes > SPAN_BYTES)
            for each in together(downloads, lambda download: download.size_bytes)
        ]

    def _run(
        self, downloads: Sequence[Download], found: Mapping[str, Address | None]
    ) -> Sequence[Fetched]:
        return [Fetched(each, self._problem(each, found[each.sha256])) for each in downloads]

    def _problem(self, wanted: Download, address: Address | None) -> str:
        if address is None:
            return "The service does not have its bytes."
        try:
            self._fetch(wanted, address)
        except BytesDiffer:
            return "What the service has is damaged: its SHA-256 is another."
        except NotThere:
            return "The service has lost its bytes."
        except NotUnderstood as error:
            return str(error)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise errors.DiskFull("There is no room on this computer.") from error
            return f"It cannot be written: {error.strerror}."
        return ""

    def _fetch(self, wanted: Download, address: Address) -> None:
        bring = _Bringing(self._leave, self._objects, address)
        if wanted.size_bytes > SPAN_BYTES:
            self._fetch_large(wanted, address, bring)
        elif not (wanted.old and download.copied(wanted)):
            download.fetch_small(wanted, bring)

    def _fetch_large(self, wanted: Download, address: Address, bring: "_Bringing") -> None:
        listed = self._listed(address) if wanted.old else ()
        if wanted.old and not listed and download.copied(wanted):
            return
        fetch = LargeFetch(wanted, self._record, bring, self._parts)
        try:
            found = fetch.run(listed)
        except BytesDiffer:
            # The list may lie, and what was noted of an attempt before may be torn.
            found = fetch.run(())
        self._record.note_manifest(wanted.sha256, found)

    def _listed(self, address: Address) -> Manifest:
        """The chunks that the file should have; none when nobody has listed them."""
        found = address.chunks
        if not found or found.size_bytes > LONGEST_LIST_BYTES:
            return ()
        data = bytearray(found.size_bytes)

        def take(start: int, piece: memoryview) -> None:
            data[start : start + len(piece)] = piece

        _Bringing(self._leave, self._objects, found)(Span(0, found.size_bytes), take)
        try:
            manifest = chunks.decode(bytes(data))
        except ManifestIsUnreadable:
            return ()
        is_whole = sum(chunk.size_bytes for chunk in manifest) == address.size_bytes
        return manifest if is_whole else ()


class _Bringing:
    """Brings spans of one object, by another address when the one it has is too old."""

    def __init__(self, leave: Leave, objects: Objects, address: Address) -> None:
        self._leave = leave
        self._objects = objects
        self._address = address

    def __call__(self, span: Span, take: Take) -> None:
        try:
            self._get(span, take)
        except Refused:
            (again,) = self._leave.addresses([self._address.sha256])
            if again is None:
                raise NotThere(self._address.sha256) from None
            self._address = again
            try:
                self._get(span, take)
            except Refused as refused:
                raise errors.NotAllowed(str(refused)) from refused

    def _get(self, span: Span, take: Take) -> None:
        self._objects.fetch(self._address.url, self._address.headers, span, take)


def batches(downloads: Sequence[Download]) -> Iterator[Sequence[Download]]:
    """As many at once as are asked about."""
    yield downloads[:FIRST_ASKED]
    for start in range(FIRST_ASKED, len(downloads), FILES_ASKED):
        yield downloads[start : start + FILES_ASKED]
