"""What a file is, by its first bytes."""

import pytest

from processing.formats import format_of

FTYP = b"\0\0\0\x18ftyp"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\xd8\xff\xe1", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF89a", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\x10\0\0\0AVI LIST", "video"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "audio"),
        (b"ID3\x04\0\0\0\0\0\0", "audio"),
        (b"\xff\xfb\x90\x44", "audio"),
        (b"fLaC\0\0\0\x22", "audio"),
        (b"OggS\0\2", "audio"),
        (b"OggS\0\2" + b"\0" * 22 + b"\x80theora\3\2\1", "video"),
        (b"FORM\0\2\xb1\x3eAIFFCOMM", "audio"),
        (b"FORM\0\2\xb1\x3eAIFCFVER", "audio"),
        (b"caff\0\1\0\0desc", "audio"),
        (b"#!AMR\n\x3c", "audio"),
        (b"#!AMR-WB\n\x3c", "audio"),
        (b"\xff\xf1\x50\x40\x20\xff", "audio"),
        # Text with two bytes for each letter begins almost as MP3 does.
        (b"\xff\xfeh\0e\0", None),
        (b"II*\0\x08\0\0\0", "tiff"),
        (b"MM\0*\0\0\0\x08", "tiff"),
        (b"II*\0\x10\0\0\0CR\x02\0", "raw"),
        (FTYP + b"heic\0\0\0\0mif1heic", "heic"),
        (FTYP + b"mif1\0\0\0\0mif1heic", "heic"),
        (FTYP + b"mif1\0\0\0\0mif1avif", "avif"),
        (FTYP + b"avif\0\0\0\0mif1miaf", "avif"),
        (FTYP + b"crx \0\0\0\0crx isom", "raw"),
        (FTYP + b"isom\0\0\0\0isomavc1", "video"),
        (FTYP + b"qt  \0\0\0\0qt  qt  ", "video"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video"),
        (b"\x1aE\xdf\xa3", "video"),
        (b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", "video"),
        (b"\0" * 4 + (b"G" + b"\0" * 191) * 3, "video"),
        (b"\x1f\7\0\xbf\xff", "video"),
        (b"\6\x0e\x2b\x34\2\5\1\1\x0d\1\2\1", "video"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<?xml version='1.0'?><MPD/>", None),
        (b"#EXTM3U\n", None),
        (b"ffconcat version 1.0\n", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_first_bytes_decide(head, expected):
    found = format_of(head)

    assert (found.name if found else None) == expected
