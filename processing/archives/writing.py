"""Write one part of an archive into the object store, from rows and the originals.

Memory is that of a few chunks however large the part, the file or the archive: a part is put
together in a scratch file and sent from there. Nothing is remembered but the rows.
"""

import os
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from mediashare.aws import multipart, s3
from mediashare.aws.client import NotFound
from processing import privacy
from processing.archives.models import Archive, ArchiveEntry
from processing.lease import Lease
from processing.recipes.crc32 import combine

# Small files cost a round trip each; together they cost one.
AT_ONCE = 4
BATCH = 500


class EntryLost(Exception):
    """The store has no bytes for an entry. `entry` is the one."""

    def __init__(self, entry: ArchiveEntry) -> None:
        super().__init__(f"entry {entry.pk} of archive {entry.archive_id}")
        self.entry = entry


@dataclass(frozen=True)
class Window:
    """A range of the archive's bytes; `end` is not in it."""

    first: int
    end: int

    def of(self, first: int, size: int) -> tuple[int, int]:
        """What of a piece falls into the window: from where in the piece, and to where."""
        return max(0, self.first - first), min(size, self.end - first)


def write_part(archive: Archive, part: int, *, is_kept: bool, folder: Path, lease: Lease) -> str:
    """Read a part's files, note their CRC-32s, and store it if it is kept; its SHA-256 in base64.

    Parts count from 0. Doing it again is harmless. Raises EntryLost, and what `lease.check` does.
    """
    cut = archive.cut
    window = Window(part * cut.part_size, part * cut.part_size + cut.size_of(part + 1))
    path = folder / "part"
    with path.open("w+b") as file:
        os.truncate(file.fileno(), window.end - window.first)
        rows = list(_in_data(archive, window))
        _copy(rows, window, file.fileno(), lease)
        sha256 = ""
        if is_kept:
            _frame(archive, rows, window, file.fileno())
            sha256 = multipart.send_part(
                bucket=settings.RENDITIONS_BUCKET,
                key=archive.key,
                multipart_id=archive.multipart_id,
                number=part + 1,
                body=file,
            )
    path.unlink()
    return sha256


def _in_data(archive: Archive, window: Window) -> QuerySet[ArchiveEntry]:
    """The entries of which something falls into a window, in order."""
    entries = archive.entries.order_by("offset")
    before = entries.filter(offset__lte=window.first).order_by("-offset").first()
    return entries.filter(
        offset__gte=before.offset if before else 0, offset__lt=window.end
    ).select_related("blob__media_info")


def _copy(rows: list[ArchiveEntry], window: Window, target: int, lease: Lease) -> None:
    """Put the files' bytes where they belong, several at once, and save their CRC-32s."""

    def copy(row: ArchiveEntry) -> tuple[ArchiveEntry, int, int, int]:
        lease.check()
        return (row, *_copy_one(row, window, target, lease))

    changed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for row, first, last, crc in pool.map(copy, rows):
            # What lies behind this piece was read before it, in a later part.
            if first < row.crc_from:
                row.crc32 = combine(crc, row.crc32, row.size_bytes - last)
                row.crc_from = first
                changed.append(row)
    with transaction.atomic():
        # Another may be at earlier parts by now, and know the CRC-32 of more.
        lease.hold()
        ArchiveEntry.objects.bulk_update(changed, ["crc32", "crc_from"], batch_size=BATCH)


def _copy_one(row: ArchiveEntry, window: Window, target: int, lease: Lease) -> tuple[int, int, int]:
    """First and last byte of a file within the window, and the CRC-32 of what is between."""
    at = row.layout.data_offset
    first, last = window.of(at, row.size_bytes)
    crc, place = 0, at + first - window.first
    if first >= last:
        return row.size_bytes, row.size_bytes, 0
    for chunk in _bytes_of(row, first, last):
        lease.check()
        crc = zlib.crc32(chunk, crc)
        os.pwrite(target, chunk, place)
        place += len(chunk)
    return first, last, crc


def _bytes_of(row: ArchiveEntry, first: int, last: int) -> Iterator[bytes]:
    if row.blob is None:
        yield row.text.encode()[first:last]
        return
    try:
        chunks = s3.open_range(
            bucket=settings.ORIGINALS_BUCKET, key=row.blob.key, first=first, last=last - 1
        )
    except NotFound as error:
        raise EntryLost(row) from error
    if row.archive.with_place:
        yield from chunks
    else:
        yield from privacy.overlay_of(row.blob.media_info).over(chunks, at=first)


def _frame(archive: Archive, rows: list[ArchiveEntry], window: Window, target: int) -> None:
    """Headers, records and the ending, as far as they are in the window."""
    for row in rows:
        _write(row.layout.header(), row.offset, window, target)
    directory = Window(
        window.first - archive.directory_offset, window.end - archive.directory_offset
    )
    if directory.end <= 0:
        return
    entries = archive.entries.order_by("directory_at")
    before = entries.filter(directory_at__lte=directory.first).order_by("-directory_at").first()
    from_there = entries.filter(
        directory_at__gte=before.directory_at if before else 0, directory_at__lt=directory.end
    )
    for row in from_there.iterator(chunk_size=BATCH):
        _write(row.layout.record(), row.directory_at, directory, target)
    _write(archive.ending(), archive.directory_bytes, directory, target)


def _write(piece: bytes, at: int, window: Window, target: int) -> None:
    first, last = window.of(at, len(piece))
    if first < last:
        os.pwrite(target, piece[first:last], at + first - window.first)
