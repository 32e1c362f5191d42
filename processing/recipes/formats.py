"""Tell pictures, videos and sound by their first bytes, never by their name. Pure.

The picture formats themselves are in `processing.formats`.
"""

import re
from typing import NamedTuple

# How many bytes the answer may depend on.
HEAD_BYTES = 4096
PHOTO = "photo"


class Format(NamedTuple):
    kind: str  # "photo", "video" or "audio"
    name: str


VIDEO = Format("video", "video")
VIDEO_BEGINS = re.compile(
    rb"\x1aE\xdf\xa3"  # Matroska and WebM
    rb"|FLV\x01"
    rb"|\x30\x26\xb2\x75\x8e\x66\xcf\x11"  # ASF
    rb"|\0\0\x01[\xba\xb3]"  # MPEG program stream
    rb"|RIFF....AVI "
    rb"|....ftyp"
    rb"|....(moov|mdat|wide|free|skip)"  # QuickTime before brands
    rb"|(....)?G.{187}(....)?G.{187}(....)?G"  # MPEG transport stream, and that of camcorders
    rb"|OggS\0.{10,4000}(\x80theora|BBCD\0|OVP80)"  # Ogg with a picture in it
    rb"|\x1f\x07\0[\x3f\xbf]"  # DV from tapes
    rb"|\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02",  # MXF
    re.DOTALL,
)
# Sound alone may also stand in what videos stand in: then only a look inside tells.
AUDIO = Format("audio", "audio")
AUDIO_BEGINS = re.compile(
    rb"ID3[\x02-\x04]"  # Tags before MP3.
    rb"|\xff[\xe2\xe3\xf2-\xf5\xfa-\xfd][\x10-\xeb]"  # MP3 and MP2 without tags
    rb"|\xff[\xf0\xf1\xf8\xf9][\0-\x33\x40-\x73]"  # AAC as it is sent
    rb"|fLaC"
    rb"|OggS\0"
    rb"|FORM....AIF[FC]"
    rb"|caff\0\x01"
    rb"|#!AMR(-WB)?\n"
    rb"|(RIFF|RF64)....WAVE",
    re.DOTALL,
)
# https://mp4ra.org/registered-types/brands says these only tell that there is a picture inside.
VAGUE_BRANDS = {b"mif1", b"msf1"}


def is_video(head: bytes) -> bool:
    return bool(VIDEO_BEGINS.match(head))


def is_audio(head: bytes) -> bool:
    return bool(AUDIO_BEGINS.match(head))


def brands_of(head: bytes) -> list[bytes]:
    """What a file made of boxes says it is, the exact words first; nothing of other files."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end, 4))]
    return sorted(brands, key=lambda brand: brand in VAGUE_BRANDS)
