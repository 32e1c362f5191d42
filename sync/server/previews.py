"""How a file can be shown on a page, going by its name. Nothing is read here.

What a browser shows by itself comes from the store as it is, as a type that runs nothing: a name
that lies shows a broken picture. Of the rest, as HEIC, RAW and most films, something is made first.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["picture", "video", "sound", "text", "pdf", "made"]

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
# What a browser shows only when something was made of it.
MADE = frozenset(
    {
        *("heic", "heif", "hif", "jxl", "tif", "tiff"),
        *("arw", "cr2", "cr3", "dng", "nef", "orf", "pef", "raf", "rw2", "srw"),
        *("3g2", "3gp", "avi", "flv", "m2ts", "mkv", "mov", "mpeg", "mpg", "mts", "qt", "vob"),
        *("wmv", "mka", "wma"),
    }
)
# Of these something can be made: of a film also when some browsers play it as it is.
ASKED = frozenset({"made", "video"})


@dataclass(frozen=True)
class Preview:
    """What a page makes of a file, and the type that its bytes are given as, if they are."""

    kind: Kind
    content_type: str = ""


OTHERS = {
    "pdf": Preview("pdf", "application/pdf"),
    **dict.fromkeys(TEXTS, Preview("text", "text/plain")),
}


def preview_of(name: str, size_bytes: int) -> Preview | None:
    """How a file of this name is shown; None when it is not."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if not size_bytes:
        return None
    if ending in MADE or (ending in PICTURES and size_bytes > LARGEST_PICTURE):
        return Preview("made")
    if ending in PICTURES:
        return Preview("picture", PICTURES[ending])
    if ending in VIDEOS:
        return Preview("video", VIDEOS[ending])
    if ending in SOUNDS:
        return Preview("sound", SOUNDS[ending])
    return OTHERS.get(ending)
