"""Read the size of a JPEG XL from the bits of its header (ISO/IEC 18181-1, annex D). Pure."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

SIGNATURE = b"\xff\x0a"
RATIOS = [Fraction(1)] + [Fraction(*it) for it in [(6, 5), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)]]
LENGTHS = (9, 13, 18, 30)
# More than any header needs, of which a container may hold the first few bytes alone.
ENOUGH_BYTES = 64


class Header(NamedTuple):
    """The size as stored, before it is turned upright."""

    width: int
    height: int
    is_animated: bool


def header(written: bytes) -> Header | None:
    """What the first bits say; None when they are no JPEG XL's."""
    codestream = b"".join(_codestream(written))[:ENOUGH_BYTES]
    if not codestream.startswith(SIGNATURE):
        return None
    bits = _Bits(codestream[2:])
    height, width = _size(bits)
    return Header(width, height, _is_animated(bits))


class _Bits:
    """Numbers from bits, lowest first; zeros after the end."""

    def __init__(self, written: bytes) -> None:
        self._rest = int.from_bytes(written, "little")

    def take(self, count: int) -> int:
        taken = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return taken


def _codestream(written: bytes) -> Iterator[bytes]:
    """The beginning of the picture, out of the boxes that may be around it."""
    if written.startswith(SIGNATURE):
        yield written[:ENOUGH_BYTES]
        return
    at = 0
    while at + 8 <= len(written):
        size, kind = int.from_bytes(written[at : at + 4]), written[at + 4 : at + 8]
        start = at + 8
        if size == 1:
            size, start = int.from_bytes(written[start : start + 8]), start + 8
        end = at + size if size else len(written)
        if kind in {b"jxlc", b"jxlp"}:
            first = start + (4 if kind == b"jxlp" else 0)
            yield written[first : min(end, first + ENOUGH_BYTES)]
        if end <= at:
            return
        at = end


def _size(bits: _Bits) -> tuple[int, int]:
    in_eights = bits.take(1)
    height = _length(bits, in_eights=in_eights)
    ratio = bits.take(3)
    width = int(height * RATIOS[ratio - 1]) if ratio else _length(bits, in_eights=in_eights)
    return height, width


def _length(bits: _Bits, *, in_eights: int) -> int:
    if in_eights:
        return 8 * (1 + bits.take(5))
    return 1 + bits.take(LENGTHS[bits.take(2)])


def _is_animated(bits: _Bits) -> bool:
    is_default, has_more = bits.take(1), bits.take(1)
    if is_default or not has_more:
        return False
    bits.take(3)  # How it is to be turned.
    if bits.take(1):
        _size(bits)  # The size it would like to be shown in.
    has_preview = bits.take(1)
    return not has_preview and bool(bits.take(1))
