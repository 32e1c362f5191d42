"""Join the CRC-32 of two pieces without reading them again. Pure.

A CRC is a remainder of polynomials over two elements, so putting `n` bytes behind a piece
multiplies its remainder by x^8n. The method is zlib's own `crc32_combine`, which Python does
not offer: https://github.com/madler/zlib/blob/master/crc32.c
"""

POLYNOMIAL = 0xEDB88320
ONE = 1 << 31  # The polynomial 1; bits are written in reverse.


def combine(first: int, second: int, second_bytes: int) -> int:
    """The CRC-32 of two pieces one after the other, from their own and the second's length."""
    return _multiply(_power_of_x_to_eight(second_bytes), first) ^ second


def _multiply(a: int, b: int) -> int:
    product, bit = 0, ONE
    while bit:
        if a & bit:
            product ^= b
        bit >>= 1
        b = (b >> 1) ^ POLYNOMIAL if b & 1 else b >> 1
    return product


def _squares() -> list[int]:
    """x, x^2, x^4 and so on; they repeat after 32."""
    found = [ONE >> 1]
    while len(found) < 32:
        found.append(_multiply(found[-1], found[-1]))
    return found


SQUARES = _squares()


def _power_of_x_to_eight(times: int) -> int:
    power, at = ONE, 3
    while times:
        if times & 1:
            power = _multiply(SQUARES[at % 32], power)
        times >>= 1
        at += 1
    return power
