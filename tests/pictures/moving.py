"""Moving photos as phones write them: a picture with a film in it."""

import struct

from PIL import Image

from tests.pictures.quarters import by_ffmpeg, exif, heic, quarters, written

FILM = by_ffmpeg([quarters()] * 5, ".mp4", "-pix_fmt", "yuv420p")
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-\
syntax-ns#"><rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" {}/>\
</rdf:RDF></x:xmpmeta>"""
# The directory that closes a Samsung file: one entry of type 0x0A30, and where it lies.
SAMSUNG_NAME = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data"


def jpeg(film: bytes = FILM) -> bytes:
    """Nothing but a film behind the picture."""
    return written(quarters(), "JPEG", quality=95, exif=exif()) + film


def google(film: bytes = FILM) -> bytes:
    """With words about it, as since 2018: MicroVideo, later MotionPhoto."""
    words = XMP.format(f'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="{len(film)}"')
    return written(quarters(), "JPEG", quality=95, xmp=words.encode()) + film


def like_a_picture() -> bytes:
    """Its film happens to end as pictures do."""
    return google(FILM + struct.pack(">I4s", 10, b"free") + b"\xff\xd9")


def samsung(film: bytes = FILM) -> bytes:
    """Between its name and a directory of what was appended."""
    at = len(SAMSUNG_NAME) + len(film)
    directory = b"SEFH" + struct.pack("<IIHHII", 107, 1, 0, 0x0A30, at, at)
    tail = directory + struct.pack("<I", len(directory)) + b"SEFT"
    return written(quarters(), "JPEG", quality=95) + SAMSUNG_NAME + film + tail


def heic_with_box(film: bytes = FILM) -> bytes:
    """In a box of its own, as the motion photo format 1.0 says."""
    return heic(quarters()) + struct.pack(">I4s", len(film) + 8, b"mpvd") + film


def live_photo(live_id: str) -> bytes:
    """The photo of a Live Photo: its phone's notes say which film belongs to it."""
    value = live_id.encode() + b"\0"
    begin, head = b"Apple iOS\0\0\x01MM", 2 + 2 * 12 + 4
    entries = struct.pack(">HHHII", 2, 1, 9, 1, 14)
    entries += struct.pack(">HHII", 0x0011, 2, len(value), len(begin) + head)
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0x927C] = begin + entries + bytes(4) + value
    return heic(quarters(), exif=tags.tobytes())


def live_film(live_id: str) -> bytes:
    """The film of a Live Photo."""
    key = f"com.apple.quicktime.content.identifier={live_id}"
    keys = ["-movflags", "use_metadata_tags", "-metadata", key]
    return by_ffmpeg([quarters()] * 5, ".mov", "-pix_fmt", "yuv420p", *keys)


def edited() -> bytes:
    """An editor took the film away and left the words about it."""
    return google()[: -len(FILM)]
