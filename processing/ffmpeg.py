"""The ffmpeg program that ships with the service, run as a child with limits."""

from collections.abc import Callable, Sequence

import imageio_ffmpeg

from processing import run


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    limits: run.Limits,
    check: run.Check,
    on_line: Callable[[str], object] = lambda line: None,
) -> None:
    """Run ffmpeg to its end. Raises as run.program does."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    run.program([program, *arguments], limits=limits, check=check, on_line=on_line)
