"""Films of albums: made of what the service made before, and one more item in the end."""

import io

import av
import numpy as np
import pytest

from albums import actions
from albums.models import Album, Item
from mediashare.accounts.models import User
from mediashare.aws import s3
from mediashare.storage.models import Upload
from processing import actions as processing
from processing import reasons, run, work
from processing.ffmpeg import run_ffmpeg
from processing.models import Job, MediaInfo
from processing.recipes import film
from tests.app.processing.originals import processed, stored
from tests.people import SUMMER, person, uploaded

LIMITS = run.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=2**28)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]


@pytest.fixture(autouse=True)
def small_frames(monkeypatch):
    monkeypatch.setattr(film, "SIZE", (256, 144))


def item_of(owner: User, file: str) -> Item:
    blob = processed(stored(owner, file))
    return actions.add_item(owner=owner, blob=blob, name=file, taken_at=SUMMER)


def do(job: Job) -> Job:
    work.do_next(job.lane)
    job.refresh_from_db()
    return job


def film_of(owner: User, items: list[Item], album: Album | None = None) -> Job:
    asked = actions.FilmWish(items, title="Summer", photo_seconds=2.5, album=album)
    return do(actions.request_film(owner=owner, wish=asked))


def test_a_film_of_photos_and_a_clip_is_one_more_item_in_the_album(settings, tmp_path):
    alice = person("alice")
    items = [item_of(alice, name) for name in ("gps.jpg", "orientation-6.jpg", "clip.mp4")]
    album = actions.create_album(owner=alice, title="Summer", items=items)

    job = film_of(alice, items, album=album)

    assert (job.state, job.reason) == (Job.State.DONE, "")
    made = Item.objects.get(owner=alice, name="Summer.mp4")
    assert album.places.filter(item=made).exists()
    assert made.blob.jobs.filter(kind=Job.Kind.PREPARE).exists()
    path = tmp_path / "film.mp4"
    chunks = s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=made.blob.key)
    path.write_bytes(b"".join(chunks))
    with av.open(str(path)) as opened:
        frames = sum(1 for _ in opened.decode(video=0))
        assert (opened.streams.video[0].width, opened.streams.video[0].height) == film.SIZE
        assert opened.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert opened.streams.audio, "The clip has sound."
    clip = film.clip_seconds(items[2].blob.media_info.duration_seconds or 0)
    seconds = film.scenes([2.5, 2.5, clip])[-1].end
    assert frames == pytest.approx(seconds * film.FRAMES_PER_SECOND, abs=2)


def test_an_owners_song_is_heard_in_a_film_of_silent_photos(settings, tmp_path):
    alice = person("alice")
    song = tmp_path / "song.mp3"
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-b:a", "64k", str(song)]
    run_ffmpeg(tone, limits=LIMITS, check=lambda: None)
    blob = processed(stored(alice, song.read_bytes()))
    music = actions.add_item(owner=alice, blob=blob, name="song.mp3", taken_at=SUMMER)
    photo = item_of(alice, "gps.jpg")
    assert list(actions.music_of(alice)) == [music]

    wish = actions.FilmWish([photo], title="", photo_seconds=2.5, music=music)
    do(actions.request_film(owner=alice, wish=wish))

    made = Item.objects.get(owner=alice, name="Film.mp4")
    chunks = s3.open_range(bucket=settings.ORIGINALS_BUCKET, key=made.blob.key)
    with av.open(io.BytesIO(b"".join(chunks)), "r") as opened:
        resampled = av.AudioResampler(format="flt", layout="mono", rate=8000)
        heard = [
            f.to_ndarray() for frame in opened.decode(audio=0) for f in resampled.resample(frame)
        ]
    samples = np.concatenate(heard, axis=1)[0]
    # Of a second of music, looped, the second one too; and it is the tone that was given.
    second = np.abs(np.fft.rfft(samples[8000:16000]))
    assert abs(int(second.argmax()) - 440) <= 2


def test_a_film_uses_its_owners_room_and_leaves_no_upload_open():
    alice = person("alice")
    before = alice.used_bytes

    job = film_of(alice, [item_of(alice, "gps.jpg")])

    alice.refresh_from_db()
    made = Item.objects.get(name="Summer.mp4")
    assert alice.used_bytes - before == made.blob.size_bytes
    assert alice.reserved_bytes == 0
    assert Upload.objects.get(pk=job.result["upload"]).state == Upload.State.COMPLETE


def test_without_room_the_film_fails_and_says_so():
    alice = person("alice")
    item = item_of(alice, "gps.jpg")
    User.objects.update(quota_bytes=1)

    job = film_of(alice, [item])

    assert (job.state, job.reason) == (Job.State.FAILED, reasons.NO_ROOM_FOR_FILM)
    assert not Upload.objects.filter(state=Upload.State.OPEN).exists()


def test_nothing_to_show_is_said():
    alice = person("alice")

    job = film_of(alice, [uploaded(alice, "still-processing.jpg")])

    assert (job.state, job.reason) == (Job.State.FAILED, reasons.NOTHING_FOR_FILM)


def test_a_film_shows_nothing_of_anybody_elses():
    alice, bob = person("alice"), person("bob")

    job = film_of(alice, [item_of(bob, "gps.jpg")])

    assert job.reason == reasons.NOTHING_FOR_FILM


def test_a_film_that_is_cancelled_at_its_end_gives_its_room_back(monkeypatch):
    alice = person("alice")
    item = item_of(alice, "gps.jpg")
    finish = work._finish

    def cancel_first(job, result):
        processing.cancel(jobs=Job.objects.filter(pk=job.pk))
        finish(job, result)

    monkeypatch.setattr(work, "_finish", cancel_first)
    job = film_of(alice, [item])

    alice.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert alice.reserved_bytes == 0
    assert not Upload.objects.filter(state=Upload.State.OPEN).exists()


def test_a_title_is_one_line(monkeypatch):
    alice = person("alice")
    asked = actions.FilmWish(
        [item_of(alice, "gps.jpg")], title=" Summer\r\nof 2024\t", photo_seconds=2.5
    )

    do(actions.request_film(owner=alice, wish=asked))

    assert Item.objects.filter(owner=alice, name="Summer of 2024.mp4").exists()


def test_a_clip_is_as_long_as_what_was_made_of_it():
    alice = person("alice")
    clip = item_of(alice, "clip.mp4")
    MediaInfo.objects.filter(blob=clip.blob).update(duration_seconds=None)

    job = film_of(alice, [clip])

    assert (job.state, job.reason) == (Job.State.DONE, "")
