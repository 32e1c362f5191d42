"""Which part of a storyboard shows which seconds of a video, in WebVTT. Pure.

https://www.w3.org/TR/media-frags/ says what `xywh` is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/vtt; charset=utf-8"


@dataclass(frozen=True)
class Sheet:
    """Frames of one size in rows, and the second from which each is shown."""

    columns: int
    width: int
    height: int
    starts: Sequence[float]


def storyboard(sheet: Sheet, *, address: str, seconds: float) -> str:
    """One cue for each frame, up to the video's end; the last one lasts at least a second."""
    ends = [*sheet.starts[1:], max(seconds, sheet.starts[-1] + 1)]
    cues = [
        f"{_clock(start)} --> {_clock(end)}\n{address}#xywh={_place(sheet, number)}\n"
        for number, (start, end) in enumerate(zip(sheet.starts, ends, strict=True))
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _place(sheet: Sheet, number: int) -> str:
    row, column = divmod(number, sheet.columns)
    return f"{column * sheet.width},{row * sheet.height},{sheet.width},{sheet.height}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
