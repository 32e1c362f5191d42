"""Make what stands for a video before it plays: a few moving seconds, and a sheet for seeking."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from processing import excerpt, joining, run, store
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job
from processing.original import Original
from processing.reasons import VIDEO_DAMAGED, Refused
from processing.recipes import previews

LARGEST_FILE = 2**31
# For these, places far apart are read: whatever lies beside them is not needed.
BLOCK_BYTES = 2**18


def make_previews(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make the hover preview and the storyboard of a video. Raises as `prepare.prepare` does."""
    blob = job.original
    video = joining.ladder_of(blob)[1].video
    limits = run.Limits(
        wall_seconds=settings.PHOTO_MAX_SECONDS,
        cpu_seconds=settings.PHOTO_MAX_SECONDS,
        file_bytes=LARGEST_FILE,
        niceness=10,
    )
    read = partial(
        run.call,
        limits=limits,
        check=lease.check,
        source=Original(blob, check=lease.check, block_bytes=BLOCK_BYTES),
    )
    moving, hover = folder / "moving", folder / "hover.mp4"
    wanted = previews.hover_times(video.duration_seconds)
    read(excerpt.write_pieces, str(moving), wanted, previews.HOVER_PIECE_SECONDS)
    still, sheet = folder / "still", folder / "storyboard.jpg"
    found = read(excerpt.write_key_frames, str(still), previews.tile_times(video.duration_seconds))
    layout = previews.sheet(video, found)
    try:
        for arguments in (
            previews.hover(str(moving), str(hover), video=video),
            previews.storyboard(str(still), str(sheet), video=video, sheet=layout),
        ):
            run_ffmpeg(arguments, limits=limits, check=lease.check)
    except run.ProgramFailed as error:
        raise Refused(VIDEO_DAMAGED, str(error)) from error
    size = previews.fitting(video.width, video.height, previews.HOVER_WIDTH)
    rows = math.ceil(len(found) / layout.columns)
    whole = layout.width * layout.columns, layout.height * rows
    made = [
        store.keep(store.PREVIEW, blob, hover, recipe="hover", size=size),
        store.keep(store.STORYBOARD, blob, sheet, recipe="storyboard", size=whole),
    ]
    made[1].sheet = layout._asdict()
    return partial(store.save_rows, made)
