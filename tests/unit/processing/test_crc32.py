"""Two CRC-32s become that of both pieces together."""

import random
import zlib

import pytest

from processing.recipes.crc32 import combine

RANDOM = random.Random(32)


@pytest.mark.parametrize("lengths", [(0, 0), (0, 9), (9, 0), (1, 1), (1000, 3), (17, 70_001)])
def test_two_pieces_have_the_checksum_of_the_whole(lengths):
    first, second = (RANDOM.randbytes(length) for length in lengths)

    joined = combine(zlib.crc32(first), zlib.crc32(second), len(second))

    assert joined == zlib.crc32(first + second)


def test_a_piece_larger_than_32_bits_can_say():
    """Eight gibibytes of zeros by doubling: wherever they are cut, the whole is the same."""
    crc, length = zlib.crc32(bytes(2**20)), 2**20
    while length < 2**33:
        crc, length = combine(crc, crc, length), length * 2
    head, tail = zlib.crc32(b"head"), zlib.crc32(b"tail")

    assert combine(combine(head, crc, length), tail, 4) == combine(
        head, combine(crc, tail, 4), length + 4
    )
