"""An archive is written part by part, survives what happens to workers, and ends."""

import io
import random
import tracemalloc
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from mediashare.accounts.models import User
from mediashare.aws import multipart, s3
from mediashare.storage import parts, unused
from mediashare.storage.models import Blob
from processing import reasons, shutdown, work
from processing.archives import actions, contents, job, listing, sweeping, writing
from processing.archives.contents import File
from processing.archives.models import Archive, ArchiveEntry
from processing.lease import Lease
from processing.models import Job
from tests.app.processing.originals import stored
from tests.people import person

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
MIB = 2**20

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("buckets", "small_parts")]


@pytest.fixture
def small_parts(monkeypatch):
    """As small as S3 allows, so that little media makes many parts."""
    monkeypatch.setattr(parts, "USUAL_PART", 5 * MIB)


@pytest.fixture
def listed():
    """What the archive of a test is to hold; a test fills the list."""
    files: list[File] = []

    def answer(sender, *, archive, **more):
        return iter(files)

    contents.wanted.connect(answer)
    yield files
    contents.wanted.disconnect(answer)


@pytest.fixture
def alice():
    return person("alice")


def wanted(owner, name="Summer.zip", fingerprint="f") -> Archive:
    wish = actions.Wish(Archive.Kind.SELECTION, name, {"items": []}, fingerprint)
    return actions.request_archive(owner=owner, wish=wish)


def worked(archive) -> Archive:
    """Let workers do what there is to do, once."""
    work.do_next(Job.Lane.MEDIA)
    return Archive.objects.select_related("job").get(pk=archive.pk)


def file_of(owner, name, content: bytes) -> File:
    return File(f"Summer/{name}", NOON, blob=stored(owner, content), clock_minutes=120)


def opened(archive) -> zipfile.ZipFile:
    chunks = s3.open_range(bucket=settings.RENDITIONS_BUCKET, key=archive.key)
    return zipfile.ZipFile(io.BytesIO(b"".join(chunks)))


def holds(archive) -> dict[str, bytes]:
    made = opened(archive)
    assert made.testzip() is None
    return {info.filename: made.read(info) for info in made.infolist()}


@pytest.fixture
def large(alice, listed):
    """Seventeen MiB in six files, one of them longer than two parts: four parts."""
    noise = random.Random(3)
    sizes = [700_000, 11 * MIB, 0, 3, 2 * MIB, 4 * MIB]
    expected = {}
    for number, size in enumerate(sizes):
        content = noise.randbytes(size)
        file = (
            File(f"Summer/{number}.jpg", NOON, text="")
            if not size
            else file_of(alice, f"{number}.jpg", content)
        )
        listed.append(file)
        expected[file.path] = content
    return expected


def test_an_archive_holds_what_was_wanted_with_names_and_dates(alice, listed):
    listed += [
        file_of(alice, "Überfahrt.jpg", b"sea"),
        File("Summer/Überfahrt.jpg.json", NOON, text='{"name": "Überfahrt.jpg"}'),
    ]

    made = worked(wanted(alice))

    assert made.state == "ready"
    assert holds(made) == {
        "Summer/Überfahrt.jpg": b"sea",
        "Summer/Überfahrt.jpg.json": '{"name": "Überfahrt.jpg"}'.encode(),
    }
    assert opened(made).infolist()[0].date_time == (2024, 7, 1, 14, 0, 0)
    assert s3.head(bucket=settings.RENDITIONS_BUCKET, key=made.key).size_bytes == made.size_bytes
    assert not ArchiveEntry.objects.exists()


def test_an_archive_of_many_parts_is_whole(alice, large):
    made = worked(wanted(alice))

    assert made.cut.part_count == 4
    assert holds(made) == large


@pytest.mark.parametrize("dies_at", range(6))
def test_a_worker_that_stops_loses_one_part_at_most(alice, large, monkeypatch, dies_at):
    sent: list[int] = []
    send, write = multipart.send_part, writing.write_part

    def note(*, number, **more):
        sent.append(number)
        return send(number=number, **more)

    steps = iter(range(100))

    def die(*args, **kwargs):
        if next(steps) == dies_at:
            write(*args, **kwargs)
            raise shutdown.Stopping
        return write(*args, **kwargs)

    monkeypatch.setattr(multipart, "send_part", note)
    monkeypatch.setattr(writing, "write_part", die)
    archive = wanted(alice)
    worked(archive)

    made = worked(archive)

    assert made.state == "ready"
    assert holds(made) == large
    assert len(sent) <= 4 + 1
    assert Job.objects.get().attempts == 1


@pytest.mark.parametrize("where", ["when its files are listed", "when a part is read"])
def test_a_worker_that_stood_still_writes_no_row_of_an_archive_that_another_has(
    alice, large, monkeypatch, where
):
    """It may pass every look at its own clock, and write what was true before."""
    archive = wanted(alice)
    module, name = {
        "when its files are listed": (listing, "_row"),
        "when a part is read": (writing, "combine"),
    }[where]
    goes_on = getattr(module, name)

    def another_takes_it(*args):
        Job.objects.update(lease=uuid.uuid4())
        return goes_on(*args)

    monkeypatch.setattr(module, name, another_takes_it)
    made = worked(archive)

    assert made.state == "making"
    assert made.entry_count == (0 if module is listing else len(large))
    assert not made.entries.filter(crc_from__lt=F("size_bytes")).exists()
    assert not made.entries.exists() or module is writing


def test_memory_is_that_of_a_few_chunks_whatever_the_size(alice, listed):
    listed.append(file_of(alice, "film.mov", bytes(40 * MIB)))
    archive = wanted(alice)

    tracemalloc.start()
    worked(archive)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 12 * MIB


def test_a_long_archive_is_many_jobs_and_lets_others_in_between(alice, large, monkeypatch):
    monkeypatch.setattr(job, "SLICE_SECONDS", 0)
    archive = wanted(alice)

    turns = 0
    while archive.state == "making":
        archive = worked(archive)
        turns += 1

    assert turns == Job.objects.count() == 5
    assert holds(archive) == large


def test_bytes_that_the_store_lost_are_named_and_the_rest_is_there(alice, large, listed):
    gone, beside = listed[1], File("Summer/1.jpg.json", NOON, text="{}")
    listed.append(beside)
    s3.delete(bucket=settings.ORIGINALS_BUCKET, key=gone.blob.key)

    made = worked(wanted(alice))

    found = holds(made)
    report = found.pop("Summer/missing.txt").decode()
    assert "Summer/1.jpg\n    Its bytes are no longer in the store." in report
    assert found == {name: content for name, content in large.items() if name != gone.path}


def test_the_owners_own_file_of_that_name_is_kept(alice, listed):
    gone, own = file_of(alice, "1.jpg", b"sand"), file_of(alice, "Missing.txt", b"stone")
    listed += [gone, own]
    s3.delete(bucket=settings.ORIGINALS_BUCKET, key=alice.blobs.order_by("created_at")[0].key)

    found = holds(worked(wanted(alice)))

    assert found.pop("Summer/Missing.txt") == b"stone"
    assert b"Summer/1.jpg" in found.pop("Summer/missing from this archive.txt")
    assert not found


@pytest.mark.parametrize(
    "steps_done", [2, 5], ids=["while it is written", "before they are joined"]
)
def test_parts_that_vanished_are_written_again(alice, large, monkeypatch, steps_done):
    monkeypatch.setattr(job, "SLICE_SECONDS", 0)
    archive = worked(worked(wanted(alice)))
    multipart.drop(
        bucket=settings.RENDITIONS_BUCKET, key=archive.key, multipart_id=archive.multipart_id
    )
    Archive.objects.update(steps_done=steps_done)

    while archive.state == "making":
        archive = worked(archive)

    assert holds(archive) == large
    assert not Job.objects.exclude(attempts=1).exists()


def test_what_is_being_copied_is_not_deleted_meanwhile(alice, listed, monkeypatch):
    monkeypatch.setattr(job, "SLICE_SECONDS", 0)
    listed.append(file_of(alice, "beach.jpg", b"sand"))
    Blob.objects.update(created_at=NOON)
    User.objects.update(used_bytes=4)
    archive = wanted(alice)
    taken = Job.objects.claim_next(lane="media", worker="any", now=timezone.now())
    assert taken
    listing.write_down(archive, Lease(taken))
    taken.give_back(now=timezone.now())

    assert unused.delete_unused_blobs(now=timezone.now()) == 0
    assert holds(worked(archive)) == {"Summer/beach.jpg": b"sand"}
    assert unused.delete_unused_blobs(now=timezone.now()) == 1


def test_nothing_to_put_into_it_is_a_failure_with_a_reason(alice, listed):
    made = worked(wanted(alice))

    assert (made.state, made.reason) == (
        "failed",
        reasons.NOTHING_TO_ARCHIVE,
    )


def test_the_same_content_is_made_once(alice, listed):
    listed.append(file_of(alice, "beach.jpg", b"sand"))
    first = wanted(alice)

    assert wanted(alice) == first
    worked(first)
    assert wanted(alice) == first
    assert Job.objects.count() == 1
    assert wanted(alice, fingerprint="other") != first


def test_a_failed_one_is_tried_again_or_made_anew(alice, listed):
    first = worked(wanted(alice))
    listed.append(file_of(alice, "beach.jpg", b"sand"))

    assert actions.retry_archive(archive=first)
    assert worked(first).state == "ready"


def test_nobody_has_too_many_under_way(alice, listed):
    for number in range(actions.MOST_UNDER_WAY):
        wanted(alice, fingerprint=str(number))

    with pytest.raises(actions.TooManyArchives):
        wanted(alice, fingerprint="one more")


def test_one_that_is_given_up_leaves_nothing_behind(alice, large, monkeypatch):
    monkeypatch.setattr(job, "SLICE_SECONDS", 0)
    archive = worked(worked(wanted(alice)))

    actions.give_up(archive=archive)

    work.do_next(Job.Lane.MEDIA)
    assert not Archive.objects.exists()
    assert left_in_the_store() == ([], [])
    assert Job.objects.latest("created_at").state == Job.State.CANCELLED


def test_an_archive_ends_and_its_bytes_with_it(alice, listed):
    listed.append(file_of(alice, "beach.jpg", b"sand"))
    made = worked(wanted(alice))

    assert sweeping.sweep(now=timezone.now() + timedelta(hours=settings.ARCHIVE_HOURS - 1)) == 0
    assert sweeping.sweep(now=timezone.now() + timedelta(hours=settings.ARCHIVE_HOURS + 1)) == 1
    assert not Archive.objects.filter(pk=made.pk).exists()
    assert left_in_the_store() == ([], [])


def test_what_no_row_knows_is_swept(alice, listed):
    bucket = settings.RENDITIONS_BUCKET
    key = "archives/00000000-0000-0000-0000-000000000000/archive.zip"
    s3.put(bucket=bucket, key=key, body=b"zip", content_type="application/zip")
    multipart.begin(bucket=bucket, key=key, content_type="application/zip", metadata={})

    sweeping.sweep(now=timezone.now() + timedelta(days=2))

    assert left_in_the_store() == ([], [])


def left_in_the_store() -> tuple[list[str], list[str]]:
    bucket = settings.RENDITIONS_BUCKET
    unfinished = multipart.unfinished(
        bucket=bucket, begun_before=timezone.now() + timedelta(days=9)
    )
    return list(s3.keys(bucket=bucket, prefix="archives/")), [found.key for found in unfinished]
