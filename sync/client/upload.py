"""Send a large file in parts side by side; what S3 holds of it already is copied there.

The file is read through once more while its parts are sent: what arrives is what its SHA-256
says, or the upload is not completed. Changes no file, and asks the service for nothing.
"""

import base64
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from io import FileIO
from typing import Protocol

from sync.client import chunks, parts
from sync.client.chunks import LARGE_BYTES, Manifest
from sync.client.parts import Part
from sync.client.ports import ChangedWhileRead
from sync.client.reading import Digesting, state
from sync.client.several import Several

# So many parts of one file may wait or be under way.
PARTS_AHEAD = 16


@dataclass(frozen=True)
class Plan:
    """What shall arrive, what S3 has of it by number and digest, and the chunks of its base."""

    sha256: str
    part_bytes: int
    sent: Mapping[int, str]
    base: Manifest = ()


@dataclass(frozen=True)
class SentFile:
    """All parts are with S3: the digest of each, and the chunks of a file that is large."""

    digests: Sequence[str]
    chunks: Manifest


class SendPart(Protocol):
    """Brings one part to S3. `digest` is its SHA-256 in base64, as S3 wants it."""

    def __call__(self, number: int, part: Part, digest: str) -> None: ...


def send_large(file: FileIO, plan: Plan, *, send: SendPart, pool: Executor) -> SentFile:
    """Send what S3 has not. Raises ChangedWhileRead, and what `send` raises."""
    before = state(file)
    found: Manifest = ()
    if plan.base:
        found = chunks.manifest_of(file)
        planned = parts.parts_of_changes(found, plan.base, part_bytes=plan.part_bytes)
    else:
        planned = parts.parts_of_all(before.size_bytes, part_bytes=plan.part_bytes)
    digests: list[str] = []
    with Several(pool, most=PARTS_AHEAD) as several:

        def digested(number: int, part: Part, digest: bytes) -> None:
            text = base64.b64encode(digest).decode()
            digests.append(text)
            if plan.sent.get(number) != text:
                several.add(partial(send, number, part, text))

        file.seek(0)
        reading = Digesting(file, planned, digested)
        if plan.base or before.size_bytes < LARGE_BYTES:
            reading.drain()
        else:
            found = chunks.manifest_of(reading)
        if reading.sha256 != plan.sha256 or state(file) != before:
            raise ChangedWhileRead
    return SentFile(digests, found)
