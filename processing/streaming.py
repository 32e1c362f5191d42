"""Make one piece of a video's stream, or its sound. Many workers do this for one video at once.

A piece reads only its own part of the original, and its bytes follow from the plan: done twice,
it writes the same objects. What it made is told in the job's result, and joined when all is there.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from processing import excerpt, fragments, joining, run, store
from processing.ffmpeg import run_ffmpeg
from processing.lease import Lease
from processing.models import Job, Ladder
from processing.original import Original
from processing.reasons import VIDEO_DAMAGED, Refused
from processing.recipes import encoding, ladder

# A piece is some seconds; whatever is larger is none.
LARGEST_PIECE = 8 * run.GIBIBYTE
CORES = 4
# So far is a piece when it is read, and only encoding is left.
READ_PERCENT = 10


def make_segments(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make the piece that the job's arguments name, for every rung of its wave.

    Raises as `prepare.prepare` does.
    """
    made_by, plan = joining.ladder_of(job.original)
    wave = next(each for each in plan.waves if each.name == job.arguments["wave"])
    number = job.arguments["chunk"]
    chunk = wave.chunks[number]
    whole = plan.video.duration_seconds
    seconds = (whole if chunk.end is None else chunk.end) - chunk.start
    read = partial(_child, job, lease, seconds / whole if whole else 1.0)
    if wave.is_copy:
        target = folder / f"{ladder.SOURCE}.m4s"
        try:
            read(99, excerpt.copy_piece, str(target), chunk.start, chunk.end)
        except Refused:
            # Some odd files cannot be copied, and can be encoded nevertheless.
            return partial(joining.encode_instead, job)
    else:
        source = folder / "excerpt"
        ends = chunk.start, chunk.end, encoding.SPARE_SECONDS
        if not read(READ_PERCENT, excerpt.write_piece, str(source), *ends):
            return partial(joining.end_piece, job, {})
        asked = encoding.segments(
            str(source), str(folder), video=plan.video, rungs=wave.rungs, chunk=chunk
        )
        _run(asked, seconds, job, lease)
    names = [rung.name for rung in wave.rungs]
    return partial(joining.end_piece, job, _keep(made_by, number, folder, names))


def make_sound(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make the sound of a stream: copied when every browser plays it, else encoded once."""
    source = folder / "excerpt"
    made_by, plan = joining.ladder_of(job.original)
    _child(job, lease, 1.0, READ_PERCENT, excerpt.write_sound, str(source))
    copied = ladder.is_sound_playable(plan.video)
    asked = encoding.sound(str(source), str(folder), copied=copied)
    _run(asked, plan.video.duration_seconds, job, lease)
    return partial(joining.end_sound, job, made_by, _keep(made_by, 0, folder, [ladder.AUDIO]))


def _child(
    job: Job,
    lease: Lease,
    share: float,
    percent: int,
    function: Callable[..., Any],
    *arguments: Any,
) -> Any:
    """Let a child read its share of the original, which takes the job to so many percent."""
    source = Original(job.original, check=lease.check)

    def check() -> None:
        lease.check()
        lease.note_share(source.fetched_bytes, share * source.size_bytes, last=percent)

    return run.call(function, *arguments, limits=_limits(), check=check, source=source)


def _run(arguments: list[str], seconds: float, job: Job, lease: Lease) -> None:
    """Let ffmpeg make so many seconds of what was read."""

    def note(reached: float) -> None:
        lease.note_share(reached, seconds, first=READ_PERCENT)

    try:
        run_ffmpeg(arguments, limits=_limits(), check=lease.check, on_seconds=note)
    except run.ProgramFailed as error:
        raise Refused(VIDEO_DAMAGED, f"{job.kind} {job.part}: {error}") from error


def _keep(made_by: Ladder, number: int, folder: Path, names: list[str]) -> dict[str, Any]:
    """Store the file of each rung; what is in it, by the rung's name."""
    made = {}
    for name in names:
        path = folder / f"{name}.m4s"
        head, pieces = fragments.read(path)
        store.keep_piece(made_by, path, name=name, number=number)
        made[name] = {"head": head._asdict(), "pieces": [list(piece) for piece in pieces]}
    return made


def _limits() -> run.Limits:
    return run.Limits(
        wall_seconds=settings.VIDEO_MAX_SECONDS,
        cpu_seconds=settings.VIDEO_MAX_SECONDS * CORES,
        file_bytes=LARGEST_PIECE,
        niceness=10,
    )
