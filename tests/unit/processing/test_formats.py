"""What a file is, by its first bytes."""

import pytest

from processing.recipes.formats import AVIF, GIF, HEIC, JPEG, PNG, RAW, TIFF, VIDEO, WEBP, format_of

FTYP = b"\0\0\0\x18ftyp"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe1", JPEG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"GIF89a", GIF),
        (b"RIFF\x10\0\0\0WEBPVP8 ", WEBP),
        (b"RIFF\x10\0\0\0AVI LIST", VIDEO),
        (b"RIFF\x10\0\0\0WAVEfmt ", None),
        (b"II*\0\x08\0\0\0", TIFF),
        (b"MM\0*\0\0\0\x08", TIFF),
        (b"II*\0\x10\0\0\0CR\x02\0", RAW),
        (FTYP + b"heic\0\0\0\0mif1heic", HEIC),
        (FTYP + b"mif1\0\0\0\0mif1heic", HEIC),
        (FTYP + b"mif1\0\0\0\0mif1avif", AVIF),
        (FTYP + b"avif\0\0\0\0mif1miaf", AVIF),
        (FTYP + b"crx \0\0\0\0crx isom", RAW),
        (FTYP + b"isom\0\0\0\0isomavc1", VIDEO),
        (FTYP + b"qt  \0\0\0\0qt  qt  ", VIDEO),
        (b"\0\0\0\x08wide\0\0\0\0mdat", VIDEO),
        (b"\x1aE\xdf\xa3", VIDEO),
        (b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", VIDEO),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<?xml version='1.0'?><MPD/>", None),
        (b"#EXTM3U\n", None),
        (b"ffconcat version 1.0\n", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_first_bytes_decide(head, expected):
    assert format_of(head) == expected
