"""Tell a file's format from its first bytes, never from its name. Pure."""

from typing import NamedTuple

# How many bytes the answer may depend on.
HEAD_BYTES = 4096


class Format(NamedTuple):
    kind: str  # "photo", "video", or "" for what is known but cannot be shown yet
    name: str


JPEG, PNG, WEBP = Format("photo", "jpeg"), Format("photo", "png"), Format("photo", "webp")
GIF, TIFF = Format("photo", "gif"), Format("photo", "tiff")
HEIC, AVIF = Format("photo", "heic"), Format("photo", "avif")
VIDEO = Format("video", "video")
RAW = Format("", "raw")

PREFIXES = [
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0\x10\0\0\0CR", RAW),
    (b"IIRO", RAW),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"\x1aE\xdf\xa3", VIDEO),  # Matroska and WebM
    (b"FLV\x01", VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", VIDEO),  # ASF
    (b"\0\0\x01\xba", VIDEO),  # MPEG program stream
    (b"\0\0\x01\xb3", VIDEO),
]
RIFF = {b"WEBP": WEBP, b"AVI ": VIDEO}
# https://mp4ra.org/registered-types/brands
BRANDS = {
    **dict.fromkeys([b"avif", b"avis"], AVIF),
    **dict.fromkeys([b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"], HEIC),
    b"crx ": RAW,
}


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins so, or None when it is none of ours."""
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"}:  # QuickTime before brands
        return VIDEO
    if head[:1] == b"G" and head[188:189] == b"G" and head[376:377] == b"G":
        return VIDEO  # MPEG transport stream
    return next((found for prefix, found in PREFIXES if head.startswith(prefix)), None)


def _by_brand(head: bytes) -> Format:
    end = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    known = [BRANDS[brand] for brand in brands if brand in BRANDS]
    # `mif1` only says "a picture inside"; a more exact brand beside it decides.
    return AVIF if AVIF in known else next(iter(known), VIDEO)
