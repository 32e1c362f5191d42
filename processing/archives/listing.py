"""Write down what will be in an archive and where: one row for each file, in batches.

From then on no question is asked about items: what the archive holds is what they were then.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from mediashare.storage.parts import LARGEST_FILE
from processing.archives.contents import File, files_of
from processing.archives.models import Archive, ArchiveEntry
from processing.lease import Lease
from processing.reasons import ARCHIVE_TOO_LARGE, NOTHING_TO_ARCHIVE, Refused

BATCH = 1000
Thing = TypeVar("Thing")
WHERE = ["offset", "directory_at", "crc32", "crc_from"]


class _Place:
    """Where the next file of an archive begins."""

    def __init__(self) -> None:
        self.count = self.offset = self.directory_at = 0

    def give(self, row: ArchiveEntry) -> None:
        row.offset, row.directory_at = self.offset, self.directory_at
        row.crc32, row.crc_from = 0, row.size_bytes
        laid_out = row.layout
        self.count, self.offset = self.count + 1, laid_out.end
        self.directory_at += laid_out.record_bytes


@transaction.atomic
def write_down(archive: Archive, lease: Lease) -> None:
    """Make the rows; a second time they are made anew. Raises Refused, and what the lease does."""
    archive.entries.all().delete()
    place = _Place()
    for files in _batches(files_of(archive)):
        lease.check()
        rows = [_row(archive, file) for file in files]
        for row in rows:
            place.give(row)
        ArchiveEntry.objects.bulk_create(rows)
    if not place.count:
        raise Refused(NOTHING_TO_ARCHIVE)
    archive.listed_at = timezone.now()
    lease.hold()
    _remember(archive, place)


@transaction.atomic
def leave_out(archive: Archive, lost: Iterable[tuple[int, str]], lease: Lease) -> None:
    """Take entries (their row's id, and why) out again, name them in a text, and begin anew."""
    for pk, why in lost:
        entry = archive.entries.get(pk=pk)
        archive.left_out.append([entry.name, why])
        # What is said beside a file goes with it.
        archive.entries.filter(name__in=[entry.name, f"{entry.name}.json"]).delete()
    _name_what_is_missing(archive)
    place = _Place()
    rows = archive.entries.order_by("offset", "pk").iterator(chunk_size=BATCH)
    for batch in _batches(rows):
        lease.check()
        for row in batch:
            place.give(row)
        ArchiveEntry.objects.bulk_update(batch, WHERE)
    archive.steps_done = 0
    lease.hold()
    _remember(archive, place)


def _name_what_is_missing(archive: Archive) -> None:
    """`missing.txt` in the archive's folder says what could not be had, and why."""
    lines = [f"{name}\n    {why}\n" for name, why in archive.left_out]
    text = f"{len(lines)} could not be put into this archive:\n\n{''.join(lines)}"
    first = archive.entries.order_by("offset").first()
    folder = (first.name if first else str(archive.left_out[0][0])).partition("/")[0]
    name = f"{folder}/missing.txt"
    # The one from before; a file of the owner's may have the same name, and keeps it.
    archive.entries.filter(name=name, blob=None).delete()
    if archive.entries.filter(name__iexact=name).exists():
        name = f"{folder}/missing from this archive.txt"
        archive.entries.filter(name=name, blob=None).delete()
    row = _row(archive, File(path=name, text=text, modified_at=archive.created_at))
    row.offset, row.directory_at, row.crc_from = archive.directory_offset, 0, 0
    row.save()


def _remember(archive: Archive, place: _Place) -> None:
    archive.entry_count = place.count
    archive.directory_offset, archive.directory_bytes = place.offset, place.directory_at
    if archive.size_bytes > LARGEST_FILE:
        raise Refused(ARCHIVE_TOO_LARGE, f"{archive.size_bytes} bytes")
    archive.save(
        update_fields=[
            *("listed_at", "entry_count", "directory_offset", "directory_bytes"),
            *("steps_done", "left_out"),
        ]
    )


def _row(archive: Archive, file: File) -> ArchiveEntry:
    return ArchiveEntry(
        archive=archive,
        name=file.path,
        blob=file.blob,
        text=file.text,
        size_bytes=file.blob.size_bytes if file.blob else len(file.text.encode()),
        modified_at=file.modified_at,
        clock_minutes=file.clock_minutes,
    )


def _batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    iterator = iter(things)
    while batch := list(islice(iterator, BATCH)):
        yield batch
