"""A camera's raw file as small as can be: a DNG with or without the camera's own JPEG."""

import struct

from PIL import Image

from tests.pictures.quarters import at

SHORT, LONG, RATIONAL, SIGNED_RATIONAL = 3, 4, 5, 10
CFA = 32803


def dng(image: Image.Image, *, preview: bytes = b"", orientation: int = 1) -> bytes:
    """The picture as a sensor sees it, each pixel through a filter of one colour."""
    width, height = image.size
    sensor = _entries(image, orientation)
    mosaic = _mosaic(image)
    if not preview:
        return _file([(sensor, mosaic)])
    small = {254: (LONG, [1]), 256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [8, 8, 8])}
    small |= {259: (SHORT, [7]), 262: (SHORT, [6]), 274: (SHORT, [orientation])}
    small |= {277: (SHORT, [3]), 50706: (1, [1, 4, 0, 0]), 50708: (2, list(b"Acme 9\0"))}
    return _file([(small, preview), (sensor, mosaic)])


def _entries(image: Image.Image, orientation: int) -> dict[int, tuple[int, list[int]]]:
    width, height = image.size
    matrix = [32406, 10000, -15372, 10000, -4986, 10000, -9689, 10000, 18758, 10000]
    matrix += [415, 10000, 557, 10000, -2040, 10000, 10570, 10000]
    return {
        254: (LONG, [0]),
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [16]),
        259: (SHORT, [1]),
        262: (SHORT, [CFA]),
        271: (2, list(b"Acme\0")),
        272: (2, list(b"Acme 9\0")),
        274: (SHORT, [orientation]),
        277: (SHORT, [1]),
        278: (LONG, [height]),
        33421: (SHORT, [2, 2]),
        33422: (1, [0, 1, 1, 2]),
        50706: (1, [1, 4, 0, 0]),
        50708: (2, list(b"Acme 9\0")),
        50714: (LONG, [0]),
        50717: (LONG, [65535]),
        50721: (SIGNED_RATIONAL, matrix),
        50728: (RATIONAL, [1, 1, 1, 1, 1, 1]),
        50778: (SHORT, [21]),
    }


def _mosaic(image: Image.Image) -> bytes:
    """Light falls on a sensor in proportion: the curve of sRGB undone."""
    width, height = image.size
    made = b""
    for y in range(height):
        for x in range(width):
            value = at(image, x, y)[y % 2 + x % 2] / 255
            linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            made += struct.pack("<H", round(linear * 65535))
    return made


def _file(pictures: list[tuple[dict[int, tuple[int, list[int]]], bytes]]) -> bytes:
    """A TIFF whose first directory points to the second one as its child."""
    directories: list[bytes] = []
    at, child = 8, 0
    for entries, body in reversed(pictures):
        wanted = entries | {273: (LONG, [at]), 279: (LONG, [len(body)])}
        if directories:
            wanted[330] = (LONG, [child])
        child = at + len(body)
        directories.append(body + _directory(wanted, child))
        at = child + len(directories[-1]) - len(body)
    return b"II*\0" + struct.pack("<I", child) + b"".join(directories)


def _directory(entries: dict[int, tuple[int, list[int]]], at: int) -> bytes:
    table, more = b"", b""
    beyond = at + 2 + 12 * len(entries) + 4
    for tag, (kind, values) in sorted(entries.items()):
        letter = {1: "B", 2: "B", SHORT: "H", LONG: "I", RATIONAL: "I", SIGNED_RATIONAL: "i"}[kind]
        written = struct.pack(f"<{len(values)}{letter}", *values)
        count = len(values) // (2 if kind in {RATIONAL, SIGNED_RATIONAL} else 1)
        if len(written) > 4:
            field = struct.pack("<I", beyond + len(more))
            more += written + b"\0" * (len(written) % 2)
        else:
            field = written.ljust(4, b"\0")
        table += struct.pack("<HHI", tag, kind, count) + field
    return struct.pack("<H", len(entries)) + table + b"\0\0\0\0" + more
