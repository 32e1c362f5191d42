"""Tell whether a colour profile is plain sRGB, and make the one that cameras leave out. Pure."""

import struct

ENTRY_BYTES = 12
FIRST_ENTRY = 132
# libjxl writes a profile of its own making; its words are white point and curve.
NAMES_OF_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"), "_D65_SRG_Rel_SRG".encode("utf-16-be"))


def is_srgb(profile: bytes) -> bool:
    """Whether an ICC profile's description says sRGB; unreadable ones do not."""
    described = description(profile)
    return any(name in described for name in NAMES_OF_SRGB)


def description(profile: bytes) -> bytes:
    """The bytes of the profile's `desc` tag, whichever encoding its version uses."""
    count = min(int.from_bytes(profile[128:FIRST_ENTRY]), 100)
    for at in range(FIRST_ENTRY, FIRST_ENTRY + count * ENTRY_BYTES, ENTRY_BYTES):
        if profile[at : at + 4] == b"desc":
            start = int.from_bytes(profile[at + 4 : at + 8])
            return profile[start : start + int.from_bytes(profile[at + 8 : at + 12])]
    return b""


def _profile(name: bytes, gamma: int, colours: list[tuple[float, float, float]]) -> bytes:
    """An ICC profile, version 2, of three colours, seen under D50, and one curve for each."""
    curve = b"curv" + struct.pack(">IIH", 0, 1, gamma)
    named = b"desc" + struct.pack(">II", 0, len(name) + 1) + name + b"\0" * 79
    tags = [(b"desc", named), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", _xyz(*D50))]
    tags += [(letter + b"XYZ", _xyz(*of)) for letter, of in zip(LETTERS, colours, strict=True)]
    tags += [(letter + b"TRC", curve) for letter in LETTERS]
    table, body = b"", b""
    start = FIRST_ENTRY + ENTRY_BYTES * len(tags)
    for tag, written in tags:
        table += tag + struct.pack(">II", start + len(body), len(written))
        body += written + b"\0" * (-len(written) % 4)
    head = struct.pack(">I4xI12s", start + len(body), 0x02100000, b"mntrRGB XYZ ")
    # The date, the signature, eight fields that may be nothing, and the white of all profiles.
    head += struct.pack(">6H4s28x12s", 1998, 1, 1, 0, 0, 0, b"acsp", _xyz(*D50)[8:])
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


LETTERS = (b"r", b"g", b"b")
D50 = (0.9642, 1.0, 0.8249)
# https://www.adobe.com/digitalimag/pdfs/AdobeRGB1998.pdf, annex C: the gamma is 2 and 51/256.
ADOBE_RGB = _profile(
    b"Adobe RGB (1998)",
    0x0233,
    [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)],
)
