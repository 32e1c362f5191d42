"""Where each byte of a ZIP stands, before any file in it is read. Pure.

Photos and videos do not get smaller by compression, so files are stored as they are: from
names and sizes alone follows the place of everything, and any range of the archive can be
written by itself, at any time, by anybody. Only the CRC-32 of a file must be known before
its header is written, since this is a plain ZIP without data descriptors, which every
program reads.

ZIP64 is used exactly where a number does not fit. Names are UTF-8. Each entry has the
clock's time of day where the photo was taken, as the old format has it, and the moment itself.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LOCAL = struct.Struct("<4s5H3I2H")
RECORD = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
END64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR = struct.Struct("<4sIQI")

FULL32, FULL16 = 0xFFFFFFFF, 0xFFFF
UTF8_NAMES = 0x0800
STORED = 0
PLAIN, WITH_ZIP64 = 20, 45
MADE_ON_UNIX = 3 << 8 | WITH_ZIP64
PLAIN_FILE = 0o100644 << 16
ZIP64_EXTRA, TIME_EXTRA = 0x0001, 0x5455
ONLY_MODIFIED = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What the old format's seven bits for the year can say.
FIRST_CLOCK, LAST_CLOCK = datetime(1980, 1, 1), datetime(2107, 12, 31, 23, 59, 58)  # noqa: DTZ001


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path with slashes, its bytes, and where its header begins."""

    name: str
    size_bytes: int
    modified_at: datetime
    offset: int
    crc32: int = 0
    # The clock's distance from UTC where it was taken; unknown counts as none.
    clock_minutes: int = 0

    @property
    def data_offset(self) -> int:
        return self.offset + LOCAL.size + len(self.name.encode()) + len(self._local_extra())

    @property
    def end(self) -> int:
        """Where the next entry begins."""
        return self.data_offset + self.size_bytes

    @property
    def record_bytes(self) -> int:
        """How long its record in the directory is."""
        return RECORD.size + len(self.name.encode()) + len(self._record_extra())

    def header(self) -> bytes:
        name, extra, size = self.name.encode(), self._local_extra(), self._size32()
        fixed = LOCAL.pack(
            b"PK\3\4",
            *(self._version(is_large=size == FULL32), UTF8_NAMES, STORED),
            *self._clock(),
            *(self.crc32, size, size, len(name), len(extra)),
        )
        return fixed + name + extra

    def record(self) -> bytes:
        """Its record in the directory at the end."""
        name, extra, size = self.name.encode(), self._record_extra(), self._size32()
        offset = min(self.offset, FULL32)
        fixed = RECORD.pack(
            b"PK\1\2",
            MADE_ON_UNIX,
            *(self._version(is_large=FULL32 in {size, offset}), UTF8_NAMES, STORED),
            *self._clock(),
            *(self.crc32, size, size, len(name), len(extra)),
            *(0, 0, 0, PLAIN_FILE, offset),
        )
        return fixed + name + extra

    def _size32(self) -> int:
        return min(self.size_bytes, FULL32)

    def _version(self, *, is_large: bool) -> int:
        return WITH_ZIP64 if is_large else PLAIN

    def _clock(self) -> tuple[int, int]:
        """Time and day in the old format: local, to two seconds."""
        there = self.modified_at.astimezone(UTC).replace(tzinfo=None)
        clock = min(max(there + timedelta(minutes=self.clock_minutes), FIRST_CLOCK), LAST_CLOCK)
        time = clock.hour << 11 | clock.minute << 5 | clock.second // 2
        return time, (clock.year - 1980) << 9 | clock.month << 5 | clock.day

    def _local_extra(self) -> bytes:
        large = [self.size_bytes] * 2 if self.size_bytes >= FULL32 else []
        return _zip64(large) + self._moment()

    def _record_extra(self) -> bytes:
        large = [self.size_bytes] * 2 if self.size_bytes >= FULL32 else []
        return _zip64(large + ([self.offset] if self.offset >= FULL32 else [])) + self._moment()

    def _moment(self) -> bytes:
        """When it was, in seconds since 1970, where 31 bits can say it."""
        seconds = (self.modified_at - EPOCH) // timedelta(seconds=1)
        if not 0 <= seconds < 2**31:
            return b""
        return struct.pack("<2HBi", TIME_EXTRA, 5, ONLY_MODIFIED, seconds)


def _zip64(numbers: list[int]) -> bytes:
    if not numbers:
        return b""
    return struct.pack(f"<2H{len(numbers)}Q", ZIP64_EXTRA, 8 * len(numbers), *numbers)


def ending(*, entries: int, offset: int, directory_bytes: int) -> bytes:
    """What stands behind the directory, which begins at `offset`."""
    end = END.pack(
        b"PK\5\6",
        *(0, 0, min(entries, FULL16), min(entries, FULL16)),
        *(min(directory_bytes, FULL32), min(offset, FULL32), 0),
    )
    if entries < FULL16 and directory_bytes < FULL32 and offset < FULL32:
        return end
    end64 = END64.pack(
        b"PK\6\6",
        END64.size - 12,
        *(MADE_ON_UNIX, WITH_ZIP64, 0, 0),
        *(entries, entries, directory_bytes, offset),
    )
    return end64 + LOCATOR.pack(b"PK\6\7", 0, offset + directory_bytes, 1) + end


@dataclass(frozen=True)
class Step:
    """Write one part of the archive; the first may only be read, to learn its CRC-32s."""

    part: int
    is_kept: bool = True


def step(number: int, *, parts: int, directory_part: int) -> Step | None:
    """What to do as the `number`-th thing, from 0; None when all is done. Parts count from 0.

    A file's header holds the CRC-32 of what follows it, and the directory those of all. So
    parts are written from the last one of the files to the first, and the directory's at the
    end. In the part where both meet, the files are read first and the whole is written later,
    unless no part comes before it.
    """
    if directory_part == 0:
        return Step(number) if number < parts else None
    if number == 0:
        return Step(directory_part, is_kept=False)
    if number <= directory_part:
        return Step(directory_part - number)
    return Step(number - 1) if number <= parts else None
