"""Which files of a folder an album shows, by their names and places. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from sync.planner.tree import ROOT
from sync.protocol.messages import File, Identity, State

PHOTOS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".heic", ".heif", ".hif"),
    *(".avif", ".jxl", ".tif", ".tiff", ".bmp", ".jp2"),
    *(".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"),
)
FILMS = (
    *(".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".avi", ".mkv", ".webm"),
    *(".mpg", ".mpeg", ".mts", ".m2ts", ".wmv", ".flv", ".ogv", ".vob"),
)
SHOWN = frozenset({*PHOTOS, *FILMS})
# Where cameras, disks and systems keep what is for themselves.
IGNORED_FOLDERS = frozenset({"@eadir", "__macosx", "$recycle.bin", "system volume information"})
# What is deeper is in no folder that a person made.
DEEPEST = 500


@dataclass(frozen=True)
class Picture:
    """A picture or film in a folder, as an album shows it."""

    entry: Identity
    name: str
    sha256: str
    modified_ms: int


def picture(entry: Identity, state: State | None) -> Picture | None:
    """An entry as a picture, wherever it is; None when it is none."""
    if not isinstance(state, File) or not state.size_bytes or is_hidden(state.name):
        return None
    if PurePosixPath(state.name).suffix.lower() not in SHOWN:
        return None
    return Picture(entry, state.name, state.sha256, state.modified_ms)


def is_hidden(name: str) -> bool:
    """Whether people do not see what has this name, nor what is in it."""
    return name.startswith((".", "~$")) or name.lower() in IGNORED_FOLDERS


def is_inside(
    parent: Identity, place: Identity, folder: Callable[[Identity], tuple[Identity, str] | None]
) -> bool:
    """Whether what is in `parent` is below `place`, with nothing hidden on the way.

    `folder` gives where a folder is and what it is called; None when it is not there.
    """
    at = parent
    for _ in range(DEEPEST):
        found = folder(at) if at != ROOT else None
        if at == place:
            return at == ROOT or found is not None
        if found is None or is_hidden(found[1]):
            return False
        at = found[0]
    return False
