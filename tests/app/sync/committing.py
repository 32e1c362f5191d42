"""Changes that are in a folder, without a computer that makes them."""

import uuid

from django.utils import timezone

from mediashare.storage.models import Blob
from sync.protocol.messages import Accepted, Author, Change, File
from sync.server.journal.chosen import get_journal
from sync.server.models import Folder, FolderBlob


def commit(folder: Folder, *changes: Change) -> None:
    """Make changes, as the owner; the bytes that they name are only said to be there."""
    files = [change.after for change in changes if isinstance(change.after, File)]
    contents = {file.sha256: file.size_bytes for file in files}
    for digest, size_bytes in contents.items():
        _hold(folder, digest, size_bytes)
    author = Author(str(folder.owner_id), folder.owner.display_name)
    answers = get_journal().commit(
        folder.pk, changes, author=author, held=contents, now=timezone.now()
    )
    assert all(isinstance(answer, Accepted) for answer in answers), answers


def _hold(folder: Folder, sha256: str, size_bytes: int) -> None:
    key = f"{folder.prefix}{uuid.uuid4()}/{sha256}"
    told = {"key": key, "size_bytes": size_bytes, "content_type": "application/octet-stream"}
    blob, _ = Blob.objects.get_or_create(owner=folder.owner, sha256=sha256, defaults=told)
    FolderBlob.objects.get_or_create(folder=folder, sha256=sha256, defaults={"blob": blob})
