"""Send files: ask for leave, read them, and say what became of each.

A file that others change meanwhile, or that cannot be read, is a problem of its own. Nothing here
changes a file.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from io import FileIO

from sync.client import chunks, errors
from sync.client.chunks import LARGE_BYTES, Manifest
from sync.client.connections import NotThere, NotUnderstood, Refused
from sync.client.crew import Job, together
from sync.client.leave import Leave, NoLeave, PartsDiffer, Renewing, UploadGone
from sync.client.objects import Objects
from sync.client.parts import Part, Span
from sync.client.ports import ChangedWhileRead, Sent, Upload
from sync.client.reading import span_of
from sync.client.traffic import Memory
from sync.client.unfinished import Unfinished
from sync.client.upload import Plan, send_large
from sync.protocol import transfers
from sync.protocol.transfers import Completion, Grant, Multipart, Put, Wanted

FILES_ASKED = 500
# A part is held in memory while it is sent.
PART_BYTES = 8 * 2**20
AGAIN_LATER = "It changed while it was read, and is tried again later."


class Sending:
    """All that one call sends."""

    def __init__(
        self, leave: Leave, objects: Objects, record: Unfinished, *, parts: Executor
    ) -> None:
        self._leave = leave
        self._objects = objects
        self._record = record
        self._parts = parts
        self._memory = Memory()

    def jobs(self, uploads: Sequence[Upload]) -> Sequence[Job[Sent]]:
        """Ask for leave for these, and make jobs, each of all files that have the same bytes."""
        groups: dict[str, list[Upload]] = {}
        for upload in uploads:
            groups.setdefault(upload.sha256, []).append(upload)
        return self._jobs(list(groups.values()))

    def _jobs(self, groups: Sequence[Sequence[Upload]]) -> Sequence[Job[Sent]]:
        """Where there is no leave for all together, there may be some for a part of them."""
        try:
            grants = self._leave.grants(
                [Wanted(each[0].sha256, each[0].size_bytes) for each in groups]
            )
        except NoLeave as error:
            if len(groups) == 1:
                return [Job(partial(_all_with, str(error), groups[0]), is_large=False)]
            return self._jobs_of_a_part(groups, error)
        granted = list(zip(groups, grants, strict=True))
        return [
            Job(partial(self._run, each), isinstance(each[0][1], Multipart))
            for each in together(granted, lambda one: one[0][0].size_bytes)
        ]

    def _jobs_of_a_part(
        self, groups: Sequence[Sequence[Upload]], error: NoLeave
    ) -> Sequence[Job[Sent]]:
        if error.needed_bytes != sum(each[0].size_bytes for each in groups):
            # Which of these need no room, since they are there already, shows by asking for fewer.
            half = len(groups) // 2
            return [*self._jobs(groups[:half]), *self._jobs(groups[half:])]
        free_bytes = error.free_bytes
        fitting: list[Sequence[Upload]] = []
        others: list[Sequence[Upload]] = []
        for group in groups:
            is_fitting = group[0].size_bytes <= free_bytes
            free_bytes -= group[0].size_bytes if is_fitting else 0
            (fitting if is_fitting else others).append(group)
        left = [Job(partial(_all_with, str(error), each), is_large=False) for each in others]
        return [*(self._jobs(fitting) if fitting else ()), *left]

    def _run(self, granted: Sequence[tuple[Sequence[Upload], Grant]]) -> Sequence[Sent]:
        return [sent for group, grant in granted for sent in self._sent(group, grant)]

    def _sent(self, group: Sequence[Upload], grant: Grant) -> Sequence[Sent]:
        """The same bytes are sent once, from the first file that still has them."""
        problem = ""
        for upload in group:
            problem = self._problem(upload, grant)
            if not problem:
                break
        return _all_with(problem, group)

    def _problem(self, upload: Upload, grant: Grant) -> str:
        try:
            self._send(upload, grant)
        except ChangedWhileRead:
            return AGAIN_LATER
        except OSError as error:
            return f"It cannot be read: {error.strerror}."
        except (NoLeave, NotUnderstood) as error:
            return str(error)
        return ""

    def _send(self, upload: Upload, grant: Grant) -> None:
        """What was begun too long ago is begun anew, once."""
        try:
            self._send_by(upload, grant)
        except (Refused, NotThere, UploadGone, PartsDiffer) as error:
            if isinstance(grant, Multipart):
                self._record.forget_parts(grant.multipart_id)
            (again,) = self._leave.grants([Wanted(upload.sha256, upload.size_bytes)])
            try:
                self._send_by(upload, again, is_whole=isinstance(error, PartsDiffer))
            except Refused as refused:
                raise errors.NotAllowed(str(refused)) from refused
            except (NotThere, UploadGone, PartsDiffer) as failure:
                raise NotUnderstood("The object store did not take its parts.") from failure

    def _send_by(self, upload: Upload, grant: Grant, *, is_whole: bool = False) -> None:
        match grant:
            case Put():
                self._send_small(upload, grant)
            case Multipart():
                self._send_large(upload, grant, None if is_whole else self._base_of(upload))
            case _:
                return

    def _send_small(self, upload: Upload, put: Put) -> None:
        with self._memory.of(upload.size_bytes):
            with open(upload.path, "rb", buffering=0) as file:
                body = span_of(file, 0, upload.size_bytes)
            headers = transfers.put_headers(upload.sha256, upload.size_bytes)
            self._objects.put(put.url, headers, body)

    def _base_of(self, upload: Upload) -> "Base | None":
        """What the service has of the file as it was before, if this client knows its chunks."""
        listed = self._record.manifest(upload.base_sha256) if upload.base_sha256 else None
        if not listed or upload.size_bytes < LARGE_BYTES:
            return None
        (address,) = self._leave.addresses([upload.base_sha256])
        return Base(address.key, listed) if address and address.key else None

    def _send_large(self, upload: Upload, multipart: Multipart, base: "Base | None") -> None:
        sent = {part.number: part.sha256 for part in multipart.sent if part.sha256}
        plan = Plan(
            sha256=upload.sha256,
            part_bytes=min(multipart.part_bytes, PART_BYTES),
            sent=sent | self._record.parts(multipart.multipart_id),
            base=base.listed if base else (),
        )
        renewing = Renewing(self._leave, Wanted(upload.sha256, upload.size_bytes))
        with open(upload.path, "rb", buffering=0) as file:
            way = _Way(file, multipart, base.key if base else "", renewing)
            send = partial(self._send_part, way)
            arrived = send_large(file, plan, send=send, pool=self._parts)
        listed = [transfers.Part(at, digest) for at, digest in enumerate(arrived.digests, 1)]
        self._leave.complete(Completion(multipart.key, listed, self._send_chunks(arrived.chunks)))
        self._record.forget_parts(multipart.multipart_id)
        if arrived.chunks:
            self._record.note_manifest(upload.sha256, arrived.chunks)

    def _send_part(self, way: "_Way", number: int, part: Part, digest: str) -> None:
        multipart = way.multipart
        way.renewing.renew()
        query = {"partNumber": str(number), "uploadId": multipart.multipart_id}
        if part.source is None:
            with self._memory.of(part.size_bytes):
                body = span_of(way.file, part.start, part.end)
                self._objects.put_part(multipart.key, query, digest, body)
        else:
            span = Span(part.source, part.source + part.size_bytes)
            self._objects.copy_part(multipart.key, query, way.source, span)
        self._record.note_part(multipart.multipart_id, number, digest)

    def _send_chunks(self, manifest: Manifest) -> str | None:
        """Let the folder hold the list of a file's chunks, for others; its SHA-256."""
        if not manifest:
            return None
        body = chunks.encode(manifest)
        sha256 = hashlib.sha256(body).hexdigest()
        try:
            (grant,) = self._leave.grants([Wanted(sha256, len(body))])
        except NoLeave:
            # The file itself has its room; others fetch it whole.
            return None
        if isinstance(grant, Multipart):
            # Of a file of hundreds of gigabytes, the list is itself a large file.
            return None
        if isinstance(grant, Put):
            self._objects.put(grant.url, transfers.put_headers(sha256, len(body)), body)
        return sha256


@dataclass(frozen=True)
class _Way:
    """Where the parts of a file come from, and where they go."""

    file: FileIO
    multipart: Multipart
    source: str
    renewing: Renewing


@dataclass(frozen=True)
class Base:
    """A file as it was before: where S3 has it, and its chunks."""

    key: str
    listed: Manifest


def _all_with(problem: str, group: Sequence[Upload]) -> Sequence[Sent]:
    return [Sent(upload, problem) for upload in group]


def batches(uploads: Sequence[Upload]) -> Iterator[Sequence[Upload]]:
    """As many at once as the service gives leave for: few that are large, or many others."""
    batch: list[Upload] = []
    large = 0
    for upload in uploads:
        is_large = upload.size_bytes > transfers.LARGEST_PUT
        if len(batch) == FILES_ASKED or (is_large and large == transfers.MOST_MULTIPARTS):
            yield batch
            batch, large = [], 0
        batch.append(upload)
        large += is_large
    if batch:
        yield batch
