"""What an archive is to hold, as whoever knows items tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.dispatch import Signal

from mediashare.storage.models import Blob
from processing.archives.models import Archive

# Asked once for each archive, by the worker that writes it down; who knows answers with an
# iterator of File, and who does not with None. sender=Archive, archive=...
wanted = Signal()


@dataclass(frozen=True)
class File:
    """One file: the bytes of a blob, or a text. Its path is safe and one of a kind."""

    path: str
    modified_at: datetime
    blob: Blob | None = None
    text: str = ""
    # The clock's distance from UTC where it was made.
    clock_minutes: int = 0


def files_of(archive: Archive) -> Iterator[File]:
    answers: list[tuple[object, Iterator[File] | None]]
    answers = cast(Any, wanted.send(sender=Archive, archive=archive))
    for _, files in answers:
        yield from files or ()
