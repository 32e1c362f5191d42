"""Make one object of what a client sent, and check it against what the client meant.

Asks S3 and changes it; never changes a row. Asking again after it succeeded is harmless,
also when nobody heard that it did.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings

from mediashare.api.problems import Problem
from mediashare.aws import multipart, s3
from mediashare.aws.client import AlreadyThere, NotFound, Rejected
from mediashare.storage.models import Upload
from mediashare.storage.parts import Cut, decoded, digest_of_digests

# How many missing parts an answer names; the rest follow when these are there.
NAMED_AT_MOST = 100


class PartsMissing(Problem):
    """Not everything is there yet. The upload stays open."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__(
            409,
            "parts-missing",
            "Some parts have not reached the store. Send them, then complete again.",
            missing=numbers[:NAMED_AT_MOST],
        )


class ChecksumMismatch(Problem):
    """What is stored is not what the client meant. It must be removed."""

    def __init__(self) -> None:
        super().__init__(
            422,
            "checksum-mismatch",
            "The stored bytes differ from the file. They were removed; upload it again.",
        )


def assemble(upload: Upload, digests: Mapping[int, str]) -> str:
    """Make the object from parts with these digests (base64); its SHA-256 in hex.

    Empty when S3 cannot know the digest of the whole, as with several parts. Raises
    PartsMissing and ChecksumMismatch.
    """
    cut = Cut(upload.size_bytes, upload.part_size)
    if absent := [n for n in range(1, cut.part_count + 1) if n not in digests]:
        raise PartsMissing(absent)
    raw = [decoded(digests[number]) for number in range(1, cut.part_count + 1)]
    if upload.multipart_id:
        _join(upload, cut, digests)
    try:
        stored = s3.head(bucket=settings.ORIGINALS_BUCKET, key=upload.key)
    except NotFound as error:
        raise PartsMissing([1]) from error
    expected = digest_of_digests(raw) if upload.multipart_id else digests[1]
    if stored.size_bytes != upload.size_bytes or stored.sha256 != expected:
        raise ChecksumMismatch
    if cut.part_count > 1:
        return ""
    if upload.sha256 not in {"", raw[0].hex()}:
        raise ChecksumMismatch
    return raw[0].hex()


def _join(upload: Upload, cut: Cut, digests: Mapping[int, str]) -> None:
    where = {"bucket": settings.ORIGINALS_BUCKET, "key": upload.key}
    try:
        stored = multipart.stored_parts(**where, multipart_id=upload.multipart_id)
        parts = _checked(stored, cut, digests)
        multipart.join(**where, multipart_id=upload.multipart_id, parts=parts)
    except (NotFound, AlreadyThere):
        # Another request joined them, or one whose answer was lost. The object will tell.
        return
    except Rejected as error:
        raise ChecksumMismatch from error


def _checked(
    stored: list[multipart.StoredPart], cut: Cut, digests: Mapping[int, str]
) -> list[multipart.StoredPart]:
    """The parts to join, each with the client's digest, which S3 compares with its own."""
    held = {part.number: part for part in stored}
    wanted = range(1, cut.part_count + 1)
    if absent := [number for number in wanted if number not in held]:
        raise PartsMissing(absent)
    parts = [held[number] for number in wanted]
    # SeaweedFS checks the digests of parts but does not list them.
    if any(
        part.size_bytes != cut.size_of(part.number) or part.sha256 not in {"", digests[part.number]}
        for part in parts
    ):
        raise ChecksumMismatch
    return [replace(part, sha256=digests[part.number]) for part in parts]
