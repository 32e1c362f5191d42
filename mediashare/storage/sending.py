"""Send a file that this service made to the originals, by the same way as anybody's upload.

So its size is reserved from its owner's quota first, and what a killed worker leaves behind
expires as every unfinished upload does.
"""

import base64
import hashlib
import tempfile
from collections.abc import Callable
from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mediashare.accounts.models import User
from mediashare.aws import multipart, s3
from mediashare.storage import actions, assembling
from mediashare.storage.models import Upload
from mediashare.storage.parts import MIB, Cut


def send(
    path: Path, *, owner: User, wish: actions.Wish, check: Callable[[], None], now: datetime
) -> Upload:
    """Send a file; the open upload whose bytes are all there.

    `actions.settle_upload` makes a blob of it afterwards.

    Raises TooLarge, TooManyOpen, QuotaExceeded, mediashare.aws.client.Unavailable, and what
    `check` does, which is asked before each part.
    """
    upload = actions.begin_upload(owner=owner, wish=wish, now=now)
    try:
        assembling.assemble(upload, _send_parts(upload, path, check))
    except BaseException:
        actions.abort_upload(upload=upload, now=now)
        raise
    return upload


def wish_for(path: Path, *, name: str, content_type: str) -> actions.Wish:
    """What there is to send, with the SHA-256 of the file."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return actions.Wish(name, path.stat().st_size, content_type, sha256)


def _send_parts(upload: Upload, path: Path, check: Callable[[], None]) -> dict[int, str]:
    """Send everything; the SHA-256 of each part by number, base64."""
    cut = Cut(upload.size_bytes, upload.part_size)
    digests = {}
    with path.open("rb") as file:
        for number in range(1, cut.part_count + 1):
            check()
            with tempfile.TemporaryFile(dir=path.parent) as part:
                _copy(file, part, cut.size_of(number))
                digests[number] = _send_part(upload, number, part)
    return digests


def _copy(file: BinaryIO, part: BinaryIO, size: int) -> None:
    """What is missing at the end is found out when the parts are put together."""
    while size and (piece := file.read(min(size, MIB))):
        part.write(piece)
        size -= len(piece)


def _send_part(upload: Upload, number: int, part: BufferedRandom) -> str:
    where = {"bucket": settings.ORIGINALS_BUCKET, "key": upload.key}
    if upload.multipart_id:
        return multipart.send_part(
            **where, multipart_id=upload.multipart_id, number=number, body=part
        )
    part.seek(0)
    digest = base64.b64encode(hashlib.file_digest(part, "sha256").digest()).decode()
    part.seek(0)
    s3.put(**where, body=part, content_type=upload.content_type)
    return digest
