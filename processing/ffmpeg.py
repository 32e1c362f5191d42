"""The ffmpeg program that ships with the service, run as a child with limits."""

from collections.abc import Sequence

import imageio_ffmpeg

from processing import run


def run_ffmpeg(arguments: Sequence[str], *, limits: run.Limits, check: run.Check) -> None:
    """Run ffmpeg to its end. Raises as run.program does."""
    run.program([imageio_ffmpeg.get_ffmpeg_exe(), *arguments], limits=limits, check=check)
