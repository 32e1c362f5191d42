"""Make a folder again from the bucket alone: its journal, its members, and what bytes it holds.

The changes are committed anew, each with its key, author and time, so that they get the numbers
that they had: clients go on as if nothing had happened. Nothing that is there is overwritten; a
folder that is there, as after a restored backup, goes on to where the bucket knows it.
"""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F

from mediashare.accounts.models import User
from mediashare.aws import s3
from mediashare.aws.client import NotFound
from mediashare.storage.models import Blob
from sync.protocol.messages import MOST_CHANGES, Accepted, Change, File, Line
from sync.server.copying import JOURNALS, Kept, Person, Segment, prefix_of
from sync.server.granting import CONTENT_TYPE
from sync.server.journal.chosen import get_journal
from sync.server.journal.columns import as_moment
from sync.server.models import Folder, FolderBlob, JournalCopy, Member

ROWS_AT_ONCE = 1_000


class CannotRebuild(Exception):
    """What is in the bucket is not all of it, or not the same folder's. Its text says which."""


@dataclass(frozen=True)
class Rebuilt:
    """`missing` are the digests of contents that the bucket does not have."""

    folder: Folder
    changes: int
    missing: list[str]


def in_bucket() -> list[UUID]:
    """The folders that have a journal in the bucket."""
    keys = s3.keys(bucket=settings.ORIGINALS_BUCKET, prefix=JOURNALS)
    return [UUID(each) for each in sorted({key.split("/")[1] for key in keys})]


def rebuild(folder_id: UUID, *, now: datetime) -> Rebuilt:
    """Make rows and journal of a folder, as far as the bucket knows it and they are not there.

    Raises CannotRebuild, with nothing changed.
    """
    # Times never run backwards in a journal: what was written after a backup came back is last.
    segments = sorted(
        _segments(folder_id), key=lambda each: (each.lines[-1].at_ms, each.lines[0].number)
    )
    lines = _lines(segments)
    missing = _missing(folder_id, lines)
    with transaction.atomic():
        folder = Folder.objects.filter(pk=folder_id).first() or _folder(segments[-1])
        held = _hold(folder, segments, now)
        _commit(folder, missing)
        JournalCopy.objects.update_or_create(
            folder=folder, defaults={"number": len(lines), "due_at": now}
        )
    named = {line.after.sha256 for line in lines if isinstance(line.after, File)}
    return Rebuilt(folder, len(missing), sorted(named - held))


def _missing(folder_id: UUID, lines: Sequence[Line]) -> Sequence[Line]:
    """Those that the journal lacks. Raises CannotRebuild where it went another way since."""
    journal = get_journal()
    head = journal.head(folder_id)
    both = min(head, len(lines))
    if both and [line.key for line in journal.lines(folder_id, [both])] != [lines[both - 1].key]:
        raise CannotRebuild(f"Change {both} is another one than in the bucket.")
    return lines[head:]


def _segments(folder_id: UUID) -> Iterator[Segment]:
    bucket = settings.ORIGINALS_BUCKET
    for key in sorted(s3.keys(bucket=bucket, prefix=prefix_of(folder_id))):
        packed = b"".join(s3.open_range(bucket=bucket, key=key))
        yield msgspec.json.decode(gzip.decompress(packed), type=Segment)


def _lines(segments: Sequence[Segment]) -> list[Line]:
    """All changes, once each. Raises CannotRebuild where one is missing.

    Where a number was given anew, after a backup came back, what was from there on is not so.
    """
    found: dict[int, Line] = {}
    for line in (line for segment in segments for line in segment.lines):
        if found.get(line.number, line) != line:
            found = {number: each for number, each in found.items() if number < line.number}
        found[line.number] = line
    if not found:
        raise CannotRebuild("The bucket has no journal of it.")
    if absent := set(range(1, max(found) + 1)) - found.keys():
        raise CannotRebuild(f"Change {min(absent)} is not in the bucket.")
    return [found[number] for number in sorted(found)]


def _folder(described: Segment) -> Folder:
    people = {each.id: _user(each) for each in described.members}
    owner = next(each for each in described.members if each.role == Member.Role.OWNER)
    folder = Folder.objects.create(
        pk=UUID(described.folder),
        owner=people[owner.id],
        name=described.name,
        created_at=described.created_at,
    )
    Member.objects.bulk_create(
        Member(folder=folder, user=people[each.id], role=each.role, created_at=each.since)
        for each in described.members
    )
    return folder


def _user(person: Person) -> User:
    """Somebody whose account is lost too gets it back without a password, to be set by mail."""
    found = User.objects.filter(email__iexact=person.email).first()
    if found is None:
        found = User(pk=UUID(person.id), email=person.email, name=person.name)
        found.set_unusable_password()
        found.save()
    return found


def _hold(folder: Folder, segments: Sequence[Segment], now: datetime) -> set[str]:
    """Rows for the bytes that are in the bucket, none of them verified; their digests."""
    there = iter(_found(folder, segments))
    digests: set[str] = set()
    known = set(FolderBlob.objects.filter(folder=folder).values_list("sha256", flat=True))
    while some := list(islice(there, ROWS_AT_ONCE)):
        digests.update(each.sha256 for each in some)
        some = [each for each in some if each.sha256 not in known]
        blobs = _blobs(folder, some, now)
        FolderBlob.objects.bulk_create(
            FolderBlob(
                folder=folder,
                sha256=each.sha256,
                blob=blobs[each.key],
                chunks=each.chunks,
                created_at=now,
                used_at=now,
            )
            for each in some
        )
    return digests


def _found(folder: Folder, segments: Sequence[Segment]) -> Iterator[Kept]:
    """Each content where it is; what was sent again later is elsewhere than it was first."""
    bucket = settings.ORIGINALS_BUCKET
    # Keys end with the digest.
    inside = {
        (key.rpartition("/")[2], size_bytes): key
        for key, size_bytes in s3.sizes(bucket=bucket, prefix=folder.prefix)
    }
    kept = {each.sha256: each for segment in segments for each in segment.kept}
    for each in kept.values():
        if key := inside.get((each.sha256, each.size_bytes)):
            yield msgspec.structs.replace(each, key=key)
        elif not each.key.startswith(folder.prefix) and _is_stored(each):
            yield each


def _is_stored(kept: Kept) -> bool:
    try:
        stored = s3.head(bucket=settings.ORIGINALS_BUCKET, key=kept.key)
    except NotFound:
        return False
    return stored.size_bytes == kept.size_bytes


def _blobs(folder: Folder, kept: Sequence[Kept], now: datetime) -> dict[str, Blob]:
    """The blobs at these keys; what is new counts on the owner."""
    keys = [each.key for each in kept]
    known = set(Blob.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [
        Blob(
            owner=folder.owner,
            key=each.key,
            size_bytes=each.size_bytes,
            content_type=CONTENT_TYPE,
            created_at=now,
        )
        for each in kept
        if each.key not in known
    ]
    Blob.objects.bulk_create(new)
    used = sum(blob.size_bytes for blob in new)
    User.objects.filter(pk=folder.owner_id).update(used_bytes=F("used_bytes") + used)
    return {blob.key: blob for blob in Blob.objects.filter(key__in=keys)}


def _commit(folder: Folder, lines: Sequence[Line]) -> None:
    """Raises CannotRebuild where a change does not come out as it did."""
    journal = get_journal()
    for (author, at_ms), group in groupby(lines, key=lambda line: (line.author, line.at_ms)):
        while some := list(islice(group, MOST_CHANGES)):
            answers = journal.commit(
                folder.pk,
                [Change(line.key, line.entry, line.base, line.after) for line in some],
                author=author,
                held={
                    line.after.sha256: line.after.size_bytes
                    for line in some
                    if isinstance(line.after, File)
                },
                now=as_moment(at_ms),
            )
            if answers != [Accepted(line.number) for line in some]:
                raise CannotRebuild(f"What followed change {some[0].number - 1} is not as it was.")
