"""Tell whether a colour profile is plain sRGB. Pure."""

ENTRY_BYTES = 12
FIRST_ENTRY = 132


def is_srgb(profile: bytes) -> bool:
    """Whether an ICC profile's description says sRGB; unreadable ones do not."""
    name = description(profile)
    return b"sRGB" in name or "sRGB".encode("utf-16-be") in name


def description(profile: bytes) -> bytes:
    """The bytes of the profile's `desc` tag, whichever encoding its version uses."""
    count = min(int.from_bytes(profile[128:FIRST_ENTRY]), 100)
    for at in range(FIRST_ENTRY, FIRST_ENTRY + count * ENTRY_BYTES, ENTRY_BYTES):
        if profile[at : at + 4] == b"desc":
            start = int.from_bytes(profile[at + 4 : at + 8])
            return profile[start : start + int.from_bytes(profile[at + 8 : at + 12])]
    return b""
