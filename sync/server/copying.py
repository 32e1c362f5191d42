"""Copy journals into the bucket, beside the bytes: with both, folders can be rebuilt.

A segment has up to a thousand changes, says where their bytes are, and who is in the folder. It is
written once and never changed. Two that overlap, from a run that was killed, are harmless. After
the database was put back to an earlier day, numbers are given anew: a segment's name says by a
digest which changes these are, so that no other of the same numbers stands in its way.
"""

import gzip
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec
from django.conf import settings

from mediashare.aws import s3
from mediashare.aws.client import AlreadyThere
from sync.protocol.messages import File, Line
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob, JournalCopy, Member

JOURNALS = "journals/"
LINES_IN_SEGMENT = 1_000
COPIED_AT_ONCE = 500


class Person(msgspec.Struct, frozen=True):
    """A member; `role` as in `Member.Role`."""

    id: str
    email: str
    name: str
    role: str
    since: datetime


class Kept(msgspec.Struct, frozen=True):
    """Where contents are; `chunks` is the digest of their list of chunks, or empty."""

    sha256: str
    key: str
    size_bytes: int
    chunks: str


class Segment(msgspec.Struct, frozen=True):
    """A piece of a journal, with the folder as it was when that was copied."""

    folder: str
    name: str
    created_at: datetime
    members: Sequence[Person]
    lines: Sequence[Line]
    kept: Sequence[Kept]


def note(folder: Folder, *, now: datetime) -> None:
    """The folder is about to change: what is in the bucket will not be all of it.

    Noted before, so that no crash comes between, and anew each time, so that a copy which is being
    made meanwhile is not taken for the last.
    """
    if not JournalCopy.objects.filter(folder=folder).update(due_at=now):
        JournalCopy.objects.bulk_create(
            [JournalCopy(folder=folder, due_at=now)], ignore_conflicts=True
        )


def copy_due() -> int:
    """Copy what is new of all folders that changed; how many folders. Raises Unavailable."""
    due = JournalCopy.objects.filter(due_at__isnull=False).select_related("folder")
    copies = list(due.order_by("due_at")[:COPIED_AT_ONCE])
    for each in copies:
        _copy(each)
        JournalCopy.objects.filter(pk=each.pk, due_at=each.due_at).update(due_at=None)
    return len(copies)


def forget(folder_id: UUID) -> None:
    """Remove what the bucket has of a folder that ends for good. Twice is once."""
    s3.delete_prefix(bucket=settings.ORIGINALS_BUCKET, prefix=prefix_of(folder_id))


def prefix_of(folder_id: UUID) -> str:
    """Where its segments are in the originals bucket. No member's keys reach there."""
    return f"{JOURNALS}{folder_id}/"


def _copy(copied: JournalCopy) -> None:
    journal, folder = get_journal(), copied.folder
    while lines := journal.since(folder.pk, copied.number, limit=LINES_IN_SEGMENT):
        with suppress(AlreadyThere):
            s3.put(
                bucket=settings.ORIGINALS_BUCKET,
                key=prefix_of(folder.pk) + _name(lines),
                body=gzip.compress(msgspec.json.encode(_segment(folder, lines)), mtime=0),
                content_type="application/gzip",
            )
        copied.number = lines[-1].number
        row = JournalCopy.objects.filter(pk=copied.pk, number__lt=copied.number)
        row.update(number=copied.number)


def _name(lines: Sequence[Line]) -> str:
    digest = hashlib.sha256("".join(line.key for line in lines).encode()).hexdigest()
    return f"{lines[0].number:015}-{lines[-1].number:015}-{digest[:16]}.json.gz"


def _segment(folder: Folder, lines: Sequence[Line]) -> Segment:
    members = Member.objects.filter(folder=folder).select_related("user").order_by("created_at")
    return Segment(
        folder=str(folder.pk),
        name=folder.name,
        created_at=folder.created_at,
        members=[
            Person(str(each.user_id), each.user.email, each.user.name, each.role, each.created_at)
            for each in members
        ],
        lines=lines,
        kept=_kept(folder, {line.after.sha256 for line in lines if isinstance(line.after, File)}),
    )


def _kept(folder: Folder, digests: set[str]) -> list[Kept]:
    held = FolderBlob.objects.filter(folder=folder).select_related("blob")
    found = list(held.filter(sha256__in=digests))
    lists = held.filter(sha256__in={each.chunks for each in found} - {"", *digests})
    return [
        Kept(each.sha256, each.blob.key, each.blob.size_bytes, each.chunks)
        for each in sorted([*found, *lists], key=lambda each: each.sha256)
    ]
