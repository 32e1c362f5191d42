"""Join the pieces of a stream, and ask for the next ones. Rows and text only; no file is touched.

It happens inside the transaction that ends a piece's job. Whoever comes here locks the ladder's
row first, so that of two pieces that end at once the second sees the first: no wave is
forgotten or joined twice.
"""

from typing import Any

from mediashare.storage.models import Blob
from processing import outbox, store
from processing.models import Job, Ladder, Track
from processing.reasons import VIDEO_DAMAGED, VIDEO_ENDS_EARLY, Refused
from processing.recipes import ladder, tracks
from processing.recipes.video import ends_early

AUDIO = "audio"
# A piece may lie behind the end, when a file is shorter than it says.
NOTHING: dict[str, Any] = {"pieces": []}


def plan_of(blob: Blob) -> ladder.Plan:
    """The plan that was written down for a blob."""
    return ladder.plan_from(Ladder.objects.get(blob=blob).plan)


def begin(job: Job, plan: ladder.Plan) -> None:
    """Write a plan down and ask for what comes first. Asking again for the same is harmless."""
    blob = job.original
    wanted = {"version": ladder.VERSION, "plan": plan.to_json()}
    row, created = Ladder.objects.select_for_update().get_or_create(blob=blob, defaults=wanted)
    if not created and (row.version, ladder.plan_from(row.plan)) != (ladder.VERSION, plan):
        blob.jobs.filter(kind__in=[Job.Kind.SEGMENT, Job.Kind.AUDIO]).delete()
        Ladder.objects.filter(pk=row.pk).update(**wanted)
    _ask(job, plan.waves[0])
    if plan.video.audio_codec:
        outbox.request_next(job, kind=Job.Kind.AUDIO)


def end_sound(job: Job, result: dict[str, Any]) -> None:
    """Write the row of the sound."""
    Ladder.objects.select_for_update().get(blob=job.original)
    _write_down(job.original, ladder.Rung(AUDIO, 0, 0), [result[AUDIO]], None)


def end_piece(job: Job, result: dict[str, Any]) -> None:
    """Note what a piece is made of; when its wave is complete, join it and ask for the next."""
    blob = job.original
    plan = ladder.plan_from(Ladder.objects.select_for_update().get(blob=blob).plan)
    Job.objects.filter(pk=job.pk).update(result=result)
    names = [wave.name for wave in plan.waves]
    wave = plan.waves[names.index(job.arguments["wave"])]
    done = blob.jobs.filter(
        kind=Job.Kind.SEGMENT, state=Job.State.DONE, part__startswith=f"{wave.name}/"
    )
    results = list(done.order_by("part").values_list("result", flat=True))
    if len(results) < len(wave.chunks):
        return
    for rung in wave.rungs:
        pieces = [each.get(rung.name, NOTHING) for each in results]
        try:
            seconds = _write_down(blob, rung, pieces, plan.video.frame_rate)
        except tracks.Mismatch:
            if not wave.is_copy:
                raise
            encode_instead(job)
            return
    if wave is plan.waves[-1] and ends_early(made=seconds, promised=plan.video.duration_seconds):
        # What there is plays; and whoever looks is told why it stops.
        Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, reason=VIDEO_ENDS_EARLY)
    for following in plan.waves[names.index(wave.name) + 1 :][:1]:
        _ask(job, following)


def encode_instead(job: Job) -> None:
    """Plan anew for a picture that cannot be copied after all, and begin with that."""
    blob = job.original
    row = Ladder.objects.select_for_update().get(blob=blob)
    plan = ladder.plan(ladder.plan_from(row.plan).video, [], may_copy=False)
    blob.jobs.filter(kind=Job.Kind.SEGMENT).delete()
    Ladder.objects.filter(pk=row.pk).update(plan=plan.to_json())
    _ask(job, plan.waves[0])


def _ask(job: Job, wave: ladder.Wave) -> None:
    for number in range(len(wave.chunks)):
        outbox.request_next(
            job,
            kind=Job.Kind.SEGMENT,
            part=f"{wave.name}/{number:05}",
            arguments={"wave": wave.name, "chunk": number},
        )


def _write_down(
    blob: Blob, rung: ladder.Rung, pieces: list[dict[str, Any]], frame_rate: float | None
) -> float:
    """Write a track's row; its seconds. Raises Refused when there is nothing in any piece."""
    try:
        joined = tracks.join(pieces)
    except tracks.Empty as error:
        raise Refused(VIDEO_DAMAGED, f"{rung.name}: no frame in any piece") from error
    Track.objects.update_or_create(
        blob=blob,
        name=rung.name,
        defaults={
            "version": ladder.VERSION,
            "prefix": store.stream_prefix(blob.pk, rung.name),
            "codecs": joined.codecs,
            "width": rung.width,
            "height": rung.height,
            "frame_rate": frame_rate,
            "bandwidth": joined.bandwidth,
            "average_bandwidth": joined.average_bandwidth,
            "size_bytes": joined.size_bytes,
            "segments": [list(segment) for segment in joined.segments],
        },
    )
    return joined.seconds
