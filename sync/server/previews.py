"""How a file can be shown by a browser as it is, going by its name. Nothing is read here.

The bytes come from the store, as a type that runs nothing: a name that lies shows a broken picture.
What would have to be converted first, as HEIC, RAW or most films, is not shown.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["picture", "video", "sound", "text", "pdf"]

MIB = 2**20
# A browser decodes the whole of a picture.
LARGEST_PICTURE = 40 * MIB

PICTURES = {
    "avif": "image/avif",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
VIDEOS = {"m4v": "video/mp4", "mp4": "video/mp4", "ogv": "video/ogg", "webm": "video/webm"}
SOUNDS = {
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
}
TEXTS = frozenset(
    {
        *("cfg", "conf", "csv", "ics", "ini", "json", "log", "md", "org", "rst", "srt", "tex"),
        *("toml", "tsv", "txt", "vtt", "xml", "yaml", "yml"),
        *("c", "cpp", "css", "go", "h", "htm", "html", "java", "js", "php", "py", "rb", "rs"),
        *("sh", "sql", "svg", "ts"),
    }
)


@dataclass(frozen=True)
class Preview:
    """What a page makes of a file, and the type that its bytes are given as."""

    kind: Kind
    content_type: str


def preview_of(name: str, size_bytes: int) -> Preview | None:
    """How a file of this name is shown; None when it is not."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not size_bytes:
        return None
    if ending in PICTURES:
        return Preview("picture", PICTURES[ending]) if size_bytes <= LARGEST_PICTURE else None
    if ending in VIDEOS:
        return Preview("video", VIDEOS[ending])
    if ending in SOUNDS:
        return Preview("sound", SOUNDS[ending])
    if ending == "pdf":
        return Preview("pdf", "application/pdf")
    return Preview("text", "text/plain") if ending in TEXTS else None
