"""Join the pieces of a stream, and ask for the next ones. Rows and text only; no file is touched.

It happens inside the transaction that ends a piece's job. Whoever comes here locks the ladder's
row first, so that of two pieces that end at once the second sees the first: no wave is
forgotten or joined twice.
"""

from typing import Any

from django.conf import settings

from mediashare.storage.models import Blob
from processing import leftovers, outbox, store
from processing.models import Job, Ladder, Track
from processing.reasons import PIECES_DIFFER, VIDEO_DAMAGED, VIDEO_ENDS_EARLY, Refused
from processing.recipes import ladder, tracks
from processing.recipes.video import ends_early

# A piece may lie behind the end, when a file is shorter than it says.
NOTHING: dict[str, Any] = {"pieces": []}


def ladder_of(blob: Blob) -> tuple[Ladder, ladder.Plan]:
    """What was written down for a blob, and the plan in it."""
    row = Ladder.objects.get(blob=blob)
    return row, ladder.plan_from(row.plan)


def begin(job: Job, plan: ladder.Plan) -> None:
    """Write a plan down and ask for what comes first. Asking again for the same is harmless.

    What an older plan made plays until its tracks are replaced. One of the same version for the
    same picture stays: it may have been changed when that could not be copied.
    """
    blob = job.original
    wanted = {"version": ladder.VERSION, "plan": plan.to_json()}
    row, _ = Ladder.objects.select_for_update().get_or_create(blob=blob, defaults=wanted)
    before = ladder.plan_from(row.plan)
    if (row.version, before.video) == (ladder.VERSION, plan.video) and not row.is_old:
        plan = before
    else:
        _plan_anew(row, plan, kinds=[Job.Kind.SEGMENT, Job.Kind.AUDIO])
    _ask(job, plan, plan.waves[0])
    if plan.video.audio_codec:
        outbox.request_next(job, kind=Job.Kind.AUDIO)


def end_sound(job: Job, made_by: Ladder, result: dict[str, Any]) -> None:
    """Write the row of the sound; its file belongs to the plan that it was begun with."""
    _locked(job.original)
    _write_down(made_by, ladder.Rung(ladder.AUDIO, 0, 0), [result[ladder.AUDIO]], None)


def end_piece(job: Job, result: dict[str, Any]) -> None:
    """Note what a piece is made of; when its wave is complete, join it and ask for the next."""
    row, plan = _locked(job.original)
    Job.objects.filter(pk=job.pk).update(result=result)
    names = [wave.name for wave in plan.waves]
    wave = plan.waves[names.index(job.arguments["wave"])]
    done = job.original.jobs.filter(
        kind=Job.Kind.SEGMENT, state=Job.State.DONE, part__startswith=f"{wave.name}/"
    )
    # Counted first: what is in a thousand pieces is read once, not at the end of each.
    if done.count() < len(wave.chunks):
        return
    results = list(done.order_by("part").values_list("result", flat=True))
    for rung in wave.rungs:
        pieces = [each.get(rung.name, NOTHING) for each in results]
        try:
            ends_at = _write_down(row, rung, pieces, plan.video.frame_rate)
        except tracks.Mismatch as mismatch:
            if wave.is_copy:
                encode_instead(job)
            else:
                _encode_again(job, list(done), str(mismatch))
            return
    if wave is not plan.waves[-1]:
        _ask(job, plan, plan.waves[names.index(wave.name) + 1])
        return
    _drop_other_tracks(job.original, plan)
    if ends_early(made=ends_at, promised=plan.video.duration_seconds):
        # What there is plays; and whoever looks is told why it stops.
        Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED, reason=VIDEO_ENDS_EARLY)


def _encode_again(job: Job, pieces: list[Job], detail: str) -> None:
    """Have those pieces made anew that do not fit to the one that was made last.

    Workers differ for a while when a newer ffmpeg comes. Raises Refused when it did not help.
    """
    filled = [piece for piece in pieces if piece.result]
    last = max(filled, key=lambda piece: (piece.pk == job.pk, piece.ended_at or piece.created_at))
    odd = [piece for piece in filled if _heads(piece) != _heads(last)]
    if any(piece.attempts >= settings.JOB_MAX_ATTEMPTS for piece in odd):
        raise Refused(PIECES_DIFFER, detail)
    outbox.begin_once_more(odd, standing=job.standing)


def _heads(piece: Job) -> dict[str, str]:
    return {name: made["head"]["sha256"] for name, made in piece.result.items()}


def encode_instead(job: Job) -> None:
    """Plan anew for a picture that cannot be copied after all, and begin with that."""
    row, before = _locked(job.original)
    plan = ladder.plan(before.video, [], may_copy=False)
    # The sound is the same in both.
    _plan_anew(row, plan, kinds=[Job.Kind.SEGMENT])
    _ask(job, plan, plan.waves[0])


def _locked(blob: Blob) -> tuple[Ladder, ladder.Plan]:
    row = Ladder.objects.select_for_update().get(blob=blob)
    return row, ladder.plan_from(row.plan)


def _plan_anew(row: Ladder, plan: ladder.Plan, *, kinds: list[Job.Kind]) -> None:
    """Put a plan in the place of another, whose pieces nobody will join any more."""
    before = ladder.plan_from(row.plan)
    Job.objects.filter(blob=row.blob_id, kind__in=kinds).delete()
    prefixes = {store.stream_prefix(row, name) for name in before.track_names}
    playing = Track.objects.filter(blob=row.blob_id).values_list("prefix", flat=True)
    leftovers.leave(prefixes.difference(playing))
    row.version, row.plan = ladder.VERSION, plan.to_json()
    # What plays is not written over, even by what is made in the same way.
    row.remade, row.is_old = row.remade + 1, False
    row.save(update_fields=["version", "plan", "remade", "is_old"])
    leftovers.need_again(store.stream_prefix(row, name) for name in plan.track_names)


def _drop_other_tracks(blob: Blob, plan: ladder.Plan) -> None:
    """Let go of sizes that are not made any more, now that all others are there."""
    others = Track.objects.filter(blob=blob).exclude(name__in=plan.track_names)
    leftovers.leave(others.values_list("prefix", flat=True))
    others.delete()


def _ask(job: Job, plan: ladder.Plan, wave: ladder.Wave) -> None:
    wanted = {
        f"{wave.name}/{number:05}": {"wave": wave.name, "chunk": number}
        for number in range(len(wave.chunks))
    }
    planned = sum(len(each.chunks) for each in plan.waves)
    outbox.request_pieces(job, kind=Job.Kind.SEGMENT, wanted=wanted, planned=planned)


def _write_down(
    made_by: Ladder, rung: ladder.Rung, pieces: list[dict[str, Any]], frame_rate: float | None
) -> float:
    """Write a track's row; when it ends. Raises Refused when there is nothing in any piece."""
    try:
        joined = tracks.join(pieces)
    except tracks.Empty as error:
        raise Refused(VIDEO_DAMAGED, f"{rung.name}: no frame in any piece") from error
    prefix = store.stream_prefix(made_by, rung.name)
    before = Track.objects.filter(blob=made_by.blob_id, name=rung.name).exclude(prefix=prefix)
    leftovers.leave(before.values_list("prefix", flat=True))
    Track.objects.update_or_create(
        blob_id=made_by.blob_id,
        name=rung.name,
        defaults={
            "version": made_by.version,
            "prefix": prefix,
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
    return joined.ends_at
