"""The ffmpeg program that ships with the service, run as a child with limits."""

from collections.abc import Callable, Sequence

import imageio_ffmpeg

from processing import run
from processing.recipes.video import seconds_reached


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    limits: run.Limits,
    check: run.Check,
    on_seconds: Callable[[float], object] = lambda seconds: None,
) -> None:
    """Run ffmpeg to its end. Raises as run.program does.

    `on_seconds` gets how many seconds are made, if the arguments ask for that (`TELLING`).
    """

    def on_line(line: str) -> None:
        reached = seconds_reached(line)
        if reached is not None:
            on_seconds(reached)

    argv = [imageio_ffmpeg.get_ffmpeg_exe(), *arguments]
    run.program(argv, limits=limits, check=check, on_line=on_line)
