"""Find where in a file its place is written. For workers, whose children read the file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from django.conf import settings

from mediashare.aws import s3
from mediashare.storage.models import Blob
from processing import hiding, run, scratch, sound
from processing.formats import format_of
from processing.lease import Lease
from processing.models import MediaInfo
from processing.recipes import versions
from processing.recipes.formats import HEAD_BYTES

HEADER_BYTES, MOST_BOXES, MOST_FRAME_BYTES = 16, 4000, 2**30


def look(info: MediaInfo, folder: Path, lease: Lease) -> None:
    """Find the place in a file and remember where it is.

    Raises Refused, scratch.NoRoom, run.ChildDied, mediashare.aws.client.Unavailable.
    """
    path = folder / "looked-at"
    kind = _kind_of(info.blob)
    if kind == "photo":
        scratch.fetch(info.blob, to=path, check=lease.check)
        answer = run.call(hiding.hide_in_photo, str(path), limits=_limits(), check=lease.check)
    elif kind == "audio":
        scratch.fetch(info.blob, to=path, check=lease.check)
        answer = run.call(sound.look_for_place, str(path), limits=_limits(), check=lease.check)
    elif kind == "boxes" and _fetch_frame(info.blob, path, lease.check):
        answer = run.call(hiding.hide_in_film, str(path), limits=_limits(), check=lease.check)
    else:
        answer = {"patches": [], "why": "a format whose places are not known"}
    path.unlink(missing_ok=True)
    if info.latitude is not None and not answer["patches"]:
        # It was read somewhere: not to find it again is no proof that it is not there.
        answer["why"] = answer["why"] or "it names a place, and nobody knows where"
    info.privacy = {**answer, "version": versions.HIDING}
    info.save(update_fields=["privacy"])


def _kind_of(blob: Blob) -> Literal["photo", "audio", "boxes", ""]:
    head = b"".join(_range(blob, 0, min(HEAD_BYTES, blob.size_bytes)))
    found = format_of(head)
    if found and found.kind in {"photo", "audio"}:
        return "photo" if found.kind == "photo" else "audio"
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return "boxes"
    return ""


def _fetch_frame(blob: Blob, path: Path, check: Callable[[], None]) -> bool:
    """A film without its pictures and sound: a file of the same size with a hole in it.

    False when it has no frame that can be told.
    """
    at = fetched = 0
    with path.open("wb") as file:
        file.truncate(blob.size_bytes)
        for _ in range(MOST_BOXES):
            check()
            if at == blob.size_bytes:
                return True
            kind, end = _header(blob, at)
            wanted = min(end, at + hiding.PEEK_BYTES) if kind == b"mdat" else end
            fetched += wanted - at
            if end <= at or end > blob.size_bytes or fetched > MOST_FRAME_BYTES:
                return False
            file.seek(at)
            for chunk in _range(blob, at, wanted):
                check()
                file.write(chunk)
            at = end
    return False


def _header(blob: Blob, at: int) -> tuple[bytes, int]:
    head = b"".join(_range(blob, at, min(at + HEADER_BYTES, blob.size_bytes)))
    size = int.from_bytes(head[:4])
    if size == 1:
        size = int.from_bytes(head[8:16])
    elif size == 0:
        size = blob.size_bytes - at
    return head[4:8], at + size if size >= 8 else at


def _range(blob: Blob, first: int, end: int) -> Iterator[bytes]:
    return s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=blob.key, first=first, last=end - 1)


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.PHOTO_MAX_SECONDS,
        cpu_seconds=settings.PHOTO_MAX_SECONDS,
        file_bytes=MOST_FRAME_BYTES * 64,
    )
