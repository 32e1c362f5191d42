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


def make_segments(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make the piece that the job's arguments name, for every rung of its wave.

    Raises as `prepare.prepare` does.
    """
    made_by, plan = joining.ladder_of(job.original)
    wave = next(each for each in plan.waves if each.name == job.arguments["wave"])
    number = job.arguments["chunk"]
    chunk = wave.chunks[number]
    if wave.is_copy:
        target = folder / f"{ladder.SOURCE}.m4s"
        try:
            _child(job, lease, excerpt.copy_piece, str(target), chunk.start, chunk.end)
        except Refused:
            # Some odd files cannot be copied, and can be encoded nevertheless.
            return partial(joining.encode_instead, job)
    else:
        source = folder / "excerpt"
        ends = chunk.start, chunk.end, encoding.SPARE_SECONDS
        if not _child(job, lease, excerpt.write_piece, str(source), *ends):
            return partial(joining.end_piece, job, {})
        lease.note_progress(10)
        _run(
            encoding.segments(
                str(source), str(folder), video=plan.video, rungs=wave.rungs, chunk=chunk
            ),
            job,
            lease,
        )
    names = [rung.name for rung in wave.rungs]
    return partial(joining.end_piece, job, _keep(made_by, number, folder, names))


def make_sound(job: Job, folder: Path, lease: Lease) -> Callable[[], None]:
    """Make the sound of a stream: copied when every browser plays it, else encoded once."""
    source = folder / "excerpt"
    made_by, plan = joining.ladder_of(job.original)
    _child(job, lease, excerpt.write_sound, str(source))
    copied = ladder.is_sound_playable(plan.video)
    _run(encoding.sound(str(source), str(folder), copied=copied), job, lease)
    return partial(joining.end_sound, job, made_by, _keep(made_by, 0, folder, [ladder.AUDIO]))


def _child(job: Job, lease: Lease, function: Callable[..., Any], *arguments: Any) -> Any:
    return run.call(
        function,
        *arguments,
        limits=_limits(),
        check=lease.check,
        source=Original(job.original, check=lease.check),
    )


def _run(arguments: list[str], job: Job, lease: Lease) -> None:
    try:
        run_ffmpeg(arguments, limits=_limits(), check=lease.check)
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
