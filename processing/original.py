"""Read any part of an original from S3, in bounded pieces. Nothing lands on a disk here."""

from collections import OrderedDict
from collections.abc import Callable

from django.conf import settings

from mediashare.aws import s3
from mediashare.aws.client import NotFound
from mediashare.storage.models import Blob
from processing.reasons import EMPTY, MISSING, Refused

# What is fetched at once; what lies beside it is usually asked for next.
BLOCK_BYTES = 2**20
KEPT_BLOCKS = 8


class Original:
    """The bytes of a blob, by ranges; the last few blocks are kept in memory.

    Raises Refused when the blob is empty or its bytes are gone, mediashare.aws.client.Unavailable,
    and whatever `check` raises.
    """

    def __init__(self, blob: Blob, *, check: Callable[[], None], block_bytes: int = BLOCK_BYTES):
        if blob.size_bytes == 0:
            raise Refused(EMPTY)
        self.size_bytes: int = blob.size_bytes
        self.fetched_bytes = 0
        self._blob = blob
        self._check = check
        self._block_bytes = block_bytes
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes from an offset on, at most so many; fewer at a block's end."""
        if length <= 0:
            return b""
        number, start = divmod(offset, self._block_bytes)
        return self._block(number)[start : start + length]

    def _block(self, number: int) -> bytes:
        found = self._blocks.get(number)
        if found is None:
            found = self._blocks[number] = self._fetch(number)
            if len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return found

    def _fetch(self, number: int) -> bytes:
        self._check()
        first = number * self._block_bytes
        last = min(first + self._block_bytes, self.size_bytes) - 1
        try:
            chunks = s3.open_range(
                bucket=settings.ORIGINALS_BUCKET, key=self._blob.key, first=first, last=last
            )
            found = b"".join(chunks)
        except NotFound as error:
            self._blob.forget_digest()
            raise Refused(MISSING, str(error)) from error
        self.fetched_bytes += len(found)
        return found
