"""What moves in a photo, through the whole pipeline: found, made playable, and never in the way."""

import uuid

import av
import numpy as np
import pytest

from albums.actions import add_item, unstack
from processing import anew, queries, reasons, work
from processing.models import Job, Rendition
from processing.recipes import versions
from tests.app.processing.originals import picture, processed, stored
from tests.people import SUMMER, person
from tests.pictures import moving
from tests.pictures.quarters import COLOURS, by_ffmpeg, heic, quarters, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("buckets")]

OTHERS = COLOURS[::-1]


def film(blob, recipe, tmp_path):
    """The frames of a rendition as a browser would show them, and its seconds."""
    (tmp_path / "film.mp4").write_bytes(picture(blob, recipe))
    with av.open(str(tmp_path / "film.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return frames, (container.duration or 0) / av.time_base


def middle_of_the_first_quarter(frame):
    return frame[frame.shape[0] // 4, frame.shape[1] // 4].astype(int)


@pytest.mark.parametrize("make", [moving.jpeg, moving.google, moving.samsung, moving.heic_with_box])
def test_the_film_in_a_moving_photo_is_found_and_plays(alice, tmp_path, make):
    blob = processed(stored(alice, make()))

    frames, seconds = film(blob, "motion", tmp_path)
    assert queries.state_of(blob).state == "ready"
    assert len(frames) == 5
    assert seconds == pytest.approx(1.0, abs=0.1)
    assert blob.renditions.get(recipe="motion").role == Rendition.Role.MOTION
    assert not blob.media_info.is_animated


def test_only_the_film_in_a_moving_photo_is_fetched(alice):
    content = moving.google()

    blob = processed(stored(alice, content))

    start, length = blob.jobs.get(kind=Job.Kind.MOTION).arguments["moving"]
    assert content[start : start + length] == moving.FILM


def arrived(owner, name, content):
    """An item of a file that was uploaded and has been looked at."""
    blob = stored(owner, content)
    item = add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER)
    processed(blob)
    return item


def test_the_two_files_of_a_live_photo_find_each_other(alice, tmp_path):
    one, other = str(uuid.uuid4()).upper(), str(uuid.uuid4()).upper()

    photo = arrived(alice, "one.heic", moving.live_photo(one))
    assert not photo.blob.renditions.filter(recipe="motion").exists()
    first = arrived(alice, "one.mov", moving.live_film(one))
    second = arrived(alice, "other.mov", moving.live_film(other))
    later = arrived(alice, "other.heic", moving.live_photo(other))

    for still, moved in ((photo, first), (later, second)):
        frames, _ = film(still.blob, "motion", tmp_path)
        assert len(frames) == 5
        assert queries.state_of(still.blob).state == "ready"
        moved.refresh_from_db()
        assert (moved.kind, moved.behind) == ("video", still)


def test_who_takes_a_live_photo_apart_is_obeyed_when_it_is_made_anew(alice, monkeypatch):
    live_id = str(uuid.uuid4()).upper()
    photo = arrived(alice, "one.heic", moving.live_photo(live_id))
    moved = arrived(alice, "one.mov", moving.live_film(live_id))
    assert unstack(owner=alice, ids=[photo.pk]) == 1

    monkeypatch.setitem(versions.KINDS, "prepare", versions.KINDS["prepare"] + 1)
    monkeypatch.setitem(versions.FOLLOWING, "motion", versions.FOLLOWING["motion"] + 1)
    assert anew.begin_more() == 2
    while Job.objects.unfinished().exists():
        work.do_next("bulk")

    assert Job.objects.filter(kind="motion", version=versions.of("motion")).count() == 2
    moved.refresh_from_db()
    assert moved.behind is None


def test_the_film_of_somebody_else_is_nobodys_half(alice):
    live_id = str(uuid.uuid4()).upper()
    processed(stored(person("bob"), moving.live_film(live_id)))

    photo = processed(stored(alice, moving.live_photo(live_id)))

    assert photo.jobs.get(kind=Job.Kind.MOTION).state == "done"
    assert not photo.renditions.filter(recipe="motion").exists()


def test_what_a_film_says_about_its_place_is_not_in_what_is_made_of_it(alice, tmp_path):
    place = ["-movflags", "use_metadata_tags", "-metadata", "location=+48.8177-113.5210/"]
    told = by_ffmpeg([quarters()] * 5, ".mp4", "-pix_fmt", "yuv420p", *place)
    assert b"+48.8177" in told

    blob = processed(stored(alice, moving.jpeg(told)))

    assert b"48.8177" not in picture(blob, "motion")


def animated(format_, **options):
    """Two pictures, one after the other."""
    pair = quarters(), quarters(colours=OTHERS)
    return written(pair[0], format_, save_all=True, append_images=pair[1:], **options)


def animated_jxl():
    lossless = ["-c:v", "libjxl_anim", "-distance", "0", "-f", "image2pipe"]
    return by_ffmpeg([quarters(), quarters(colours=OTHERS)] * 4, ".jxl", *lossless)


ANIMATIONS = {
    "gif": lambda: animated("GIF", duration=300, loop=0),
    "webp": lambda: animated("WEBP", duration=300, lossless=True),
    "png": lambda: animated("PNG", duration=300),
    "avif": lambda: animated("AVIF", duration=300, speed=10, quality=90),
    "jxl": animated_jxl,
}


@pytest.mark.parametrize("name", ANIMATIONS)
def test_an_animation_plays_with_its_pictures_in_their_order(alice, tmp_path, name):
    blob = processed(stored(alice, ANIMATIONS[name]()))

    frames, _ = film(blob, "animation", tmp_path)
    seen = [middle_of_the_first_quarter(frame) for frame in (frames[0], frames[-1])]
    assert blob.media_info.is_animated
    assert np.abs(seen[0] - COLOURS[0]).max() < 16
    assert np.abs(seen[1] - OTHERS[0]).max() < 16


def test_clear_parts_of_an_animation_are_white(alice, tmp_path):
    clear = [quarters().convert("RGBA") for _ in range(2)]
    for number, image in enumerate(clear):
        image.putalpha(0)
        image.putpixel((number, 0), (9, 9, 9, 255))

    content = written(clear[0], "WEBP", save_all=True, append_images=clear[1:], lossless=True)
    frames, _ = film(processed(stored(alice, content)), "animation", tmp_path)

    assert middle_of_the_first_quarter(frames[0]).min() > 240


def test_an_animation_with_odd_sides_plays(alice, tmp_path):
    pair = [quarters(33, 21), quarters(33, 21, OTHERS)]

    content = written(pair[0], "GIF", save_all=True, append_images=pair[1:])
    frames, _ = film(processed(stored(alice, content)), "animation", tmp_path)

    assert frames[0].shape == (20, 32, 3)


def test_a_still_photo_wants_nothing_of_the_kind(alice):
    blob = processed(stored(alice, heic(quarters())))

    assert [job.kind for job in blob.jobs.all()] == [Job.Kind.PREPARE]


def test_a_photo_is_shown_though_its_film_is_damaged(alice):
    broken = bytearray(moving.FILM)
    index = broken.index(b"moov")
    broken[index + 8 : index + 200] = b"\xff" * 192

    blob = processed(stored(alice, moving.jpeg(bytes(broken))))

    job = blob.jobs.get(kind=Job.Kind.MOTION)
    assert queries.state_of(blob).state == "ready"
    assert (job.state, job.reason) == (Job.State.FAILED, reasons.MOTION_DAMAGED)
    assert blob.renditions.filter(role=Rendition.Role.IMAGE).exists()
