"""A video's stream is made anew beside the old one, which plays until then."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums.actions import note_many_processed
from mediashare.aws import s3
from mediashare.storage.models import Blob
from processing import actions, anew, joining, leftovers, outbox, queries, reasons, work
from processing.models import Job, Ladder, Leftover, Track
from processing.recipes import ladder, versions
from tests.app.processing.originals import body, processed, stored
from tests.app.processing.test_ladder import VP9, made, pattern
from tests.people import blob_of, job_of, video

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda lane: None)


@pytest.fixture
def blob(alice, tmp_path) -> Blob:
    """A video of three seconds that gets two sizes, one after the other."""
    return stored(alice, made(tmp_path, "v.webm", *pattern(3, "960x540", "10"), *VP9))


@pytest.fixture
def newer(monkeypatch):
    """A newer ladder, from here on."""

    def raise_version() -> None:
        monkeypatch.setattr(ladder, "VERSION", ladder.VERSION + 1)
        monkeypatch.setitem(versions.KINDS, "prepare", versions.of("prepare") + 1)

    return raise_version


def waiting(blob: Blob) -> str | None:
    return blob.jobs.filter(state="waiting").values_list("lane", flat=True).first()


def stream_keys(blob: Blob) -> set[str]:
    keys = s3.keys(bucket=settings.RENDITIONS_BUCKET, prefix=f"renditions/{blob.pk}/stream-")
    return set(keys)


def any_plan(seconds: float, tmp_path: Path, alice) -> ladder.Plan:
    blob = processed(stored(alice, made(tmp_path, "any.webm", *pattern(1, "160x90", "5"), *VP9)))
    video = joining.ladder_of(blob)[1].video
    found = replace(video, width=1280, height=720, is_indexed=True)
    return ladder.plan(replace(found, duration_seconds=seconds), [])


def test_percent_of_a_video_never_goes_back(blob):
    actions.request_processing(blob=blob)
    seen = []
    while lane := waiting(blob):
        work.do_next(lane)
        seen.append(queries.state_of(blob).progress)

    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_a_newer_ladder_is_made_beside_the_old_one_which_plays_until_then(blob, newer):
    processed(blob)
    before = dict(blob.tracks.values_list("name", "prefix"))
    old_keys = stream_keys(blob)
    newer()
    anew.begin_more()

    while lane := waiting(blob):
        assert queries.state_of(blob).state == "ready"
        for track in blob.tracks.all():
            assert body(track), "What a row names can be played."
        work.do_next(lane)

    after = {track.name: track.prefix for track in blob.tracks.all()}
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    assert old_keys < stream_keys(blob), "An open page may still play them."
    leftovers.delete_replaced(now=timezone.now() + timedelta(days=1))
    assert stream_keys(blob)
    assert not old_keys & stream_keys(blob)


def test_a_size_that_a_newer_ladder_leaves_out_goes_when_the_others_are_there(
    blob, newer, monkeypatch
):
    processed(blob)
    newer()
    monkeypatch.setattr(ladder, "SHORT_SIDES", (540,))
    anew.begin_more()
    work.do_next("bulk")
    assert set(blob.tracks.values_list("name", flat=True)) == {"360", "540"}

    processed(blob)

    assert [track.name for track in blob.tracks.all()] == ["540"]
    assert Leftover.objects.filter(key__endswith="/360/").exists()


def test_pieces_that_nobody_joined_go_too(blob, newer):
    actions.request_processing(blob=blob)
    work.do_next("interactive")
    first = blob.jobs.get(kind="segment")
    Job.objects.filter(pk=first.pk).update(turn=-1)
    work.do_next("media")
    Job.objects.filter(kind="segment", state="waiting").update(turn=-1)
    Track.objects.all().delete()
    unjoined = stream_keys(blob)
    assert unjoined
    newer()
    Job.objects.filter(kind="prepare").update(state="waiting")

    processed(blob)

    leftovers.delete_replaced(now=timezone.now() + timedelta(days=1))
    assert not unjoined & stream_keys(blob)


def test_when_all_is_asked_for_a_stream_is_made_beside_the_one_that_plays(blob):
    processed(blob)
    before = dict(blob.tracks.values_list("name", "prefix"))
    previews = blob.jobs.get(kind="previews").ended_at
    anew.count_as_old("prepare", 0)
    anew.begin_more()

    while lane := waiting(blob):
        assert queries.state_of(blob).state == "ready"
        for track in blob.tracks.all():
            assert body(track), "What a row names can be played."
        work.do_next(lane)

    after = {track.name: track.prefix for track in blob.tracks.all()}
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    assert blob.jobs.get(kind="previews").ended_at > previews
    assert anew.begin_more() == 0


def other_heads(blob: Blob, number: int) -> None:
    """As if another ffmpeg had made a piece."""
    piece = blob.jobs.get(kind="segment", part=f"first/{number:05}")
    piece.result["90"]["head"]["sha256"] = "other"
    piece.save(update_fields=["result"])


@pytest.fixture
def in_pieces(alice, tmp_path, monkeypatch) -> Blob:
    """A video that is made in three pieces, of which two are done."""
    monkeypatch.setattr(ladder, "FIRST_CHUNK_SECONDS", 2.0)
    monkeypatch.setattr(ladder, "SEGMENT_SECONDS", 1.0)
    blob = stored(alice, made(tmp_path, "v.webm", *pattern(6, "160x90", "10"), *VP9, "-g", "10"))
    work.do_next(actions.request_processing(blob=blob).lane)
    while blob.jobs.filter(kind="segment", state="done").count() < 2:
        Job.objects.filter(kind="segment", state="waiting").update(turn=-1)
        work.do_next("media")
    return blob


def test_a_piece_that_does_not_fit_to_the_others_is_made_again(in_pieces):
    other_heads(in_pieces, 0)

    processed(in_pieces)

    assert queries.state_of(in_pieces) == ("ready", "", 100)
    assert in_pieces.jobs.get(part="first/00000").attempts == 2
    assert in_pieces.jobs.get(part="first/00001").attempts == 1


def test_pieces_that_never_fit_end_with_a_reason(in_pieces, settings):
    other_heads(in_pieces, 0)
    settings.JOB_MAX_ATTEMPTS = 1

    processed(in_pieces)

    assert queries.state_of(in_pieces) == ("failed", reasons.PIECES_DIFFER, 100)


def test_looking_at_a_video_again_does_not_make_its_stream_again(alice, tmp_path, monkeypatch):
    monkeypatch.setattr(ladder, "COPY_CHUNK_SECONDS", 1.0)
    open_groups = ["-bf", "3", "-x264-params", "open-gop=1:keyint=24", "-pix_fmt", "yuv420p"]
    content = made(tmp_path, "o.mp4", *pattern(3, "160x90"), "-c:v", "libx264", *open_groups)
    blob = processed(stored(alice, content))
    pieces = set(blob.jobs.filter(kind="segment").values_list("pk", flat=True))

    Job.objects.filter(kind="prepare").update(state="waiting")
    processed(blob)

    assert set(blob.jobs.filter(kind="segment").values_list("pk", flat=True)) == pieces


def test_a_library_from_before_gets_streams_and_is_ready_meanwhile(alice, tmp_path, buckets):
    item = video(alice)
    item.blob = stored(alice, made(tmp_path, "v.webm", *pattern(1, "160x90", "5"), *VP9))
    item.save()
    job_of(item.blob, kind="prepare", state="done", progress=100, version=0)

    anew.begin_more()
    while lane := waiting(item.blob):
        item.blob.refresh_from_db()
        assert queries.state_of(item.blob).state == "ready"
        work.do_next(lane)

    assert [track.name for track in item.blob.tracks.all()] == ["90"]
    assert not item.blob.jobs.exclude(state="done").exists()


def test_a_piece_whose_job_is_cancelled_leaves_nothing(blob, monkeypatch):
    actions.request_processing(blob=blob)
    work.do_next("interactive")
    Job.objects.filter(kind="segment").update(turn=-1)

    finish = work._finish

    def cancel_first(job, result):
        actions.cancel(jobs=Job.objects.filter(pk=job.pk))
        finish(job, result)

    monkeypatch.setattr(work, "_finish", cancel_first)
    work.do_next("media")

    assert blob.jobs.get(kind="segment").state == "cancelled"
    assert stream_keys(blob) == set()


def test_pieces_of_a_track_that_plays_are_not_taken_for_left_over(blob):
    processed(blob)
    before = stream_keys(blob)
    job = blob.jobs.filter(kind="segment").first()
    Job.objects.filter(pk=job.pk).update(state="cancelled")

    leftovers.drop_what_was_cancelled(job, sorted(before))
    leftovers.leave(blob.tracks.values_list("prefix", flat=True))
    leftovers.delete_replaced(now=timezone.now() + timedelta(days=1))

    assert stream_keys(blob) == before


def test_a_long_video_costs_as_many_statements_as_a_short_one(alice, tmp_path):
    def cost(seconds: float) -> int:
        job = job_of(blob_of(alice, f"{seconds} s.mp4"))
        plan = any_plan(seconds, tmp_path, alice)
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            joining.begin(job, plan)
        assert Job.objects.filter(blob=job.blob, kind="segment").count() == len(
            plan.waves[0].chunks
        )
        return len(captured)

    few = cost(60)

    assert cost(3600) == few


def test_what_pieces_are_made_of_is_only_read_when_all_are_there(alice, tmp_path):
    job = job_of(blob_of(alice, "long.mp4"))
    plan = any_plan(3600, tmp_path, alice)
    with transaction.atomic():
        joining.begin(job, plan)
    piece = Job.objects.filter(blob=job.blob, kind="segment")[0]

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        joining.end_piece(piece, {})

    assert not [
        one for one in captured.captured_queries if 'SELECT "processing_job"."result"' in one["sql"]
    ]


def test_what_pieces_are_made_of_is_not_read_for_a_state(blob):
    processed(blob)

    with CaptureQueriesContext(connection) as captured:
        assert queries.state_of(blob).state == "ready"
        note_many_processed(blob_ids=[blob.pk])

    assert '"result"' not in " ".join(query["sql"] for query in captured.captured_queries)


def test_every_owner_has_one_piece_in_a_round(alice, tmp_path):
    job = job_of(blob_of(alice, "long.mp4"))
    plan = any_plan(600, tmp_path, alice)
    with transaction.atomic():
        joining.begin(job, plan)

    turns = Job.objects.filter(blob=job.blob, kind="segment").values_list("turn", flat=True)
    assert len(set(turns)) == len(turns) > 10
    assert Ladder.objects.filter(blob=job.blob).exists()
