"""How a file is cut into parts, and what S3 says of their digests. Nothing here acts.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

MIB = 2**20
SMALLEST_PART = 5 * MIB
LARGEST_PART = 5 * 2**30
MOST_PARTS = 10_000
LARGEST_FILE = 5 * 2**40
USUAL_PART = 16 * MIB


class CannotBeCut(ValueError):
    """The file is empty, or larger than anything S3 can hold."""


@dataclass(frozen=True)
class Cut:
    """All parts have `part_size` bytes but the last, which has what is left."""

    size: int
    part_size: int

    @property
    def part_count(self) -> int:
        return -(-self.size // self.part_size)

    def size_of(self, number: int) -> int:
        """Bytes of a part; the first is number 1."""
        if not 1 <= number <= self.part_count:
            raise ValueError(f"There is no part {number} of {self.part_count}.")
        return min(self.part_size, self.size - (number - 1) * self.part_size)


def cut(size: int) -> Cut:
    """Cut a file of so many bytes; parts grow by whole MiB so that S3's 10,000 suffice."""
    if not 1 <= size <= LARGEST_FILE:
        raise CannotBeCut(size)
    needed = -(-size // MOST_PARTS)
    return Cut(size, max(USUAL_PART, -(-needed // MIB) * MIB))


def digest_of_digests(digests: Iterable[bytes]) -> str:
    """The SHA-256 that S3 gives an object joined from parts: base64, then `-` and their number."""
    listed = list(digests)
    whole = hashlib.sha256(b"".join(listed)).digest()
    return f"{base64.b64encode(whole).decode()}-{len(listed)}"


def decoded(digest: str) -> bytes:
    """The 32 bytes of a base64 SHA-256. Raises ValueError for anything else."""
    try:
        raw = base64.b64decode(digest, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{digest!r} is not base64.") from error
    if len(raw) != 32:
        raise ValueError(f"{digest!r} is not a SHA-256.")
    return raw
