"""Find the film inside a moving photo, and say how it becomes playable. Pure.

Phones hide it in many ways: appended after the JPEG with its length in XMP (Google's
MicroVideo and Container), behind the words MotionPhoto_Data (Samsung), in a box `mpvd` of
a HEIC. In each of them lies a whole MP4, so that is what is looked for: what an editor
left over from before is not believed.
"""

import re
from mmap import mmap
from typing import NamedTuple

BOXES = frozenset(
    [b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"udta", b"moof", b"mfra"]
)
BEGINS = re.compile(b"ftyp")
HEADER = 8

VERSION = 1
ANIMATION, MOTION = "animation", "motion"
# The list of formats is the lock against files that name other files; see `video`.
FORMATS = "mov,gif,webp_anim,apng,jpegxl_anim"
LONG_SIDE = 1280
LONGEST_SECONDS = 120
UPON_WHITE = (
    "format=rgba,split[over][under];"
    "[under]drawbox=color=white:replace=1:t=fill[white];"
    "[white][over]overlay=format=auto,"
)
# Both sides even, since H.264 stores colours in pairs, and never enlarged.
SMALLER = (
    f"scale=w=max(2\\,2*trunc(iw*min(1\\,{LONG_SIDE}/max(iw\\,ih))/2))"
    f":h=max(2\\,2*trunc(ih*min(1\\,{LONG_SIDE}/max(iw\\,ih))/2))"
    ":out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
)


class Extent(NamedTuple):
    """Where in a file something lies, in bytes."""

    start: int
    length: int


def moving_part(data: bytes | mmap) -> Extent | None:
    """The first whole MP4 that does not begin the file itself."""
    # Half the time that `find` takes.
    for begin in BEGINS.finditer(data, HEADER):
        if found := _film_at(data, begin.start() - 4):
            return found
    return None


def _film_at(data: bytes | mmap, start: int) -> Extent | None:
    """The boxes from here on, when they are a film: one of its pictures and one of its index."""
    seen = set()
    end = start + int.from_bytes(data[start : start + 4])
    while end + HEADER <= len(data) and (kind := data[end + 4 : end + HEADER]) in BOXES:
        size = _box_size(data, end)
        if size < HEADER or end + size > len(data):
            break
        seen.add(kind)
        end += size
    return Extent(start, end - start) if {b"moov", b"mdat"} <= seen else None


def _box_size(data: bytes | mmap, at: int) -> int:
    size = int.from_bytes(data[at : at + 4])
    if size == 1:
        return int.from_bytes(data[at + HEADER : at + 16])
    return size or len(data) - at


def playable(source: str, target: str, *, track: int, has_sound: bool) -> list[str]:
    """How ffmpeg makes one picture track of the moving part of a photo play everywhere.

    An animation has no sound, and may have parts that are clear, which become white.
    """
    sound = ["-map", "0:a:0?", "-c:a", "aac", "-b:a", "96k", "-ac", "2"] if has_sound else ["-an"]
    return [
        *["-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", "1073741824"],
        *["-format_whitelist", FORMATS, "-protocol_whitelist", "file", "-i", f"file:{source}"],
        *["-filter_complex", f"[0:v:{track}]{'' if has_sound else UPON_WHITE}{SMALLER}[made]"],
        *["-map", "[made]", *sound, "-sn", "-dn", "-t", str(LONGEST_SECONDS)],
        *["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"],
        *["-fps_mode", "vfr", "-threads", "1", "-filter_complex_threads", "1"],
        *["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"],
        *["-movflags", "+faststart", "-f", "mp4", f"file:{target}"],
    ]
