"""Where a page of a list ended, as an opaque word for addresses.

A cursor names a place in an order, not a row, so it holds while rows come and go. It is no
secret and opens nothing: it is only ever compared with what the reader sees anyway.
"""

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = struct.Struct(">q16s")


class CursorIsMalformed(ValueError):
    """This word was never given out as a cursor; begin again at the first page."""


@dataclass(frozen=True)
class Cursor:
    """The last row seen: what the list is ordered by, and an id for rows that tie."""

    rank: int
    tie: int

    @classmethod
    def at_time(cls, when: datetime, row_id: UUID) -> Self:
        """Exact to the microsecond, as the database is."""
        return cls(rank=(when - _EPOCH) // timedelta(microseconds=1), tie=row_id.int)

    @classmethod
    def decode(cls, word: str) -> Self:
        """Raises CursorIsMalformed."""
        try:
            rank, tie = _SHAPE.unpack(base64.b64decode(word, altchars=b"-_", validate=True))
        except (ValueError, struct.error) as error:
            raise CursorIsMalformed(word) from error
        return cls(rank=rank, tie=int.from_bytes(tie))

    def encode(self) -> str:
        return base64.urlsafe_b64encode(_SHAPE.pack(self.rank, self.tie.to_bytes(16))).decode()

    @property
    def time(self) -> datetime:
        """Raises CursorIsMalformed for a time that no calendar has."""
        try:
            return _EPOCH + timedelta(microseconds=self.rank)
        except OverflowError as error:
            raise CursorIsMalformed(self.encode()) from error

    @property
    def id(self) -> UUID:
        return UUID(int=self.tie)
