"""What older recipes made is made anew where nobody waits, and shown until it is replaced."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from albums.actions import note_processed
from mediashare.aws import s3
from mediashare.storage.models import Blob
from processing import actions, anew, leftovers, outbox, store, work
from processing.models import Job, Leftover, Rendition
from processing.reasons import NOT_MEDIA, Refused
from processing.recipes import versions
from tests.app.processing.originals import stored
from tests.people import job_of, person, photo, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda lane: None)


@pytest.fixture
def newer(monkeypatch):
    """A newer recipe of pictures, from here on."""

    def raise_version() -> None:
        number = store.PICTURE.version + 1
        monkeypatch.setattr(store, "PICTURE", store.PICTURE._replace(version=number))
        monkeypatch.setitem(versions.KINDS, "prepare", versions.KINDS["prepare"] + 1)

    return raise_version


def make_all(lane: str = "bulk") -> None:
    for _ in range(Job.objects.unfinished().filter(lane=lane).count()):
        work.do_next(lane)


def keys(blob) -> set[str]:
    return set(blob.renditions.values_list("key", flat=True))


def photo_from_before(owner) -> Blob:
    """A photo that recipes older than all others looked at; its bytes."""
    blob = photo(owner).blob
    blob.jobs.update(version=0)
    return blob


@pytest.fixture
def item(buckets):
    """Alice's photo, made by the present recipes."""
    alice = person("alice")
    item = uploaded(alice, "gps.jpg")
    item.blob = stored(alice, "gps.jpg")
    item.save()
    actions.request_processing(blob=item.blob)
    make_all("interactive")
    item.refresh_from_db()
    return item


def test_what_the_present_recipes_made_is_left_alone(item):
    assert item.state == "ready"
    assert anew.begin_more() == 0


def test_what_older_recipes_made_is_shown_until_it_is_replaced_and_removed_later(
    item, newer, buckets
):
    before = keys(item.blob)
    newer()

    assert anew.begin_more() == 1
    job = Job.objects.get()
    item.refresh_from_db()
    assert (job.lane, job.state, item.state, keys(item.blob)) == (
        *("bulk", "waiting", "ready"),
        before,
    )
    make_all()

    assert keys(item.blob).isdisjoint(before)
    assert set(Leftover.objects.values_list("key", flat=True)) == before
    # Pages that were opened before still find what they name.
    assert leftovers.delete_replaced(now=timezone.now()) == 0
    assert leftovers.delete_replaced(now=timezone.now() + timedelta(days=1)) == len(before)
    assert set(s3.keys(bucket=buckets.renditions, prefix="")) == keys(item.blob)
    assert anew.begin_more() == 0


def test_a_size_that_is_not_made_any_more_goes_with_the_old_ones(item, newer):
    Rendition.objects.create(
        blob=item.blob,
        role="image",
        recipe="image-5120",
        version=1,
        key="old-and-large",
        content_type="image/jpeg",
        width=5120,
        height=5120,
        size_bytes=1,
    )
    newer()
    anew.begin_more()
    make_all()

    assert not Rendition.objects.filter(recipe="image-5120").exists()
    assert Leftover.objects.filter(key="old-and-large").exists()


def test_a_failure_leaves_what_was_there_and_is_not_repeated(item, newer, monkeypatch):
    before = keys(item.blob)
    newer()
    anew.begin_more()

    def refuse(job, folder, lease):
        raise Refused(NOT_MEDIA)

    monkeypatch.setitem(work.WORK, Job.Kind.PREPARE, refuse)
    make_all()

    item.refresh_from_db()
    assert (item.state, item.reason, keys(item.blob)) == ("ready", "", before)
    assert Job.objects.get().reason == NOT_MEDIA
    assert anew.begin_more() == 0
    assert anew.standing("prepare") == (0, 0, 1)


def test_a_file_that_was_refused_is_looked_at_again_when_more_is_understood(buckets):
    alice = person("alice")
    item = uploaded(alice, "gps.jpg")
    item.blob = stored(alice, "gps.jpg")
    item.save()
    job = actions.request_processing(blob=item.blob)
    Job.objects.update(state="failed", reason=NOT_MEDIA, version=versions.of("prepare") - 1)
    actions.request_processing(blob=item.blob)

    anew.begin_more()
    note_processed(blob=item.blob)
    item.refresh_from_db()
    assert (item.state, item.reason) == ("failed", NOT_MEDIA)
    make_all()

    item.refresh_from_db()
    job.refresh_from_db()
    assert (item.state, item.reason, job.standing) == ("ready", "", "")


def test_only_so_many_wait_at_once(monkeypatch):
    monkeypatch.setattr(anew, "OUTSTANDING", 3)
    for number in range(5):
        photo_from_before(person(f"guest{number}"))

    assert anew.begin_more() == 3
    assert anew.begin_more() == 0
    Job.objects.filter(state="waiting").update(
        state="done", standing="", version=versions.of("prepare")
    )
    assert anew.begin_more() == 2


def test_new_photos_go_first(monkeypatch):
    photo_from_before(person("alice"))
    anew.begin_more()
    new = actions.request_processing(blob=uploaded(person("bob"), "new.jpg").blob)

    assert Job.objects.claim_next(lane="interactive", worker="one", now=timezone.now()) == new


def test_cancelling_leaves_what_was_there(item, newer):
    newer()
    anew.begin_more()

    actions.cancel(jobs=Job.objects.all())

    item.refresh_from_db()
    assert (item.state, item.reason) == ("ready", "")


def test_what_follows_from_something_made_anew_is_not_waited_for():
    blob = photo_from_before(person("alice"))
    anew.begin_more()
    job = Job.objects.claim_next(lane="bulk", worker="one", now=timezone.now())
    assert job
    job.finish(now=timezone.now())

    follower = outbox.request_next(job, kind=Job.Kind.PREVIEWS)

    assert (follower.lane, follower.outcome, follower.state) == ("bulk", "done", "waiting")
    assert follower.blob == blob


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("reprocess", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_how_much_it_would_be_and_does_nothing(item, newer):
    newer()

    text = said("--dry-run", "--since-version=0")

    assert "1 of prepare are older" in text
    assert Job.objects.get().state == "done"


def test_the_command_has_everything_made_anew(item):
    assert "1 more will be made anew" in said("--since-version=0", "--no-wait")
    assert Job.objects.get().state == "waiting"


def test_the_command_shows_progress_until_all_is_done(item, newer, monkeypatch):
    newer()
    monkeypatch.setattr("time.sleep", lambda seconds: make_all())

    lines = said().splitlines()

    assert lines[0].startswith("0 to begin, 1 under way")
    assert lines[-1].startswith("0 to begin, 0 under way, 0 failed")


def test_a_recipe_that_was_taken_back_keeps_its_renditions(item, settings):
    key = Rendition.objects.all()[0].key
    leftovers.leave([key])

    leftovers.delete_replaced(now=timezone.now() + timedelta(days=1))

    assert next(s3.open_range(bucket=settings.RENDITIONS_BUCKET, key=key), None) is not None


def test_what_is_left_twice_is_kept_for_pages_that_opened_until_the_second_time():
    leftovers.leave(["renditions/x/image-320-v1.jpg"])
    Leftover.objects.update(replaced_at=timezone.now() - timedelta(days=30))

    leftovers.leave(["renditions/x/image-320-v1.jpg"])

    assert leftovers.delete_replaced(now=timezone.now()) == 0


def test_all_that_is_old_is_removed_at_once(monkeypatch, buckets):
    monkeypatch.setattr(leftovers, "AT_ONCE", 2)
    leftovers.leave([f"renditions/x/{number}.jpg" for number in range(5)])

    assert leftovers.delete_replaced(now=timezone.now() + timedelta(days=1)) == 5


@pytest.mark.parametrize("state", ["done", "failed"])
def test_what_follows_is_made_anew_when_its_own_recipe_is_newer(state, monkeypatch):
    blob = photo_from_before(person("alice"))
    motion = job_of(blob, kind="motion", state=state, version=1, arguments={"moving": [1, 2]})
    anew.begin_more()
    job = Job.objects.claim_next(lane="bulk", worker="one", now=timezone.now())
    assert job

    outbox.request_next(job, kind=Job.Kind.MOTION, arguments={"moving": [3, 4]})
    motion.refresh_from_db()
    assert motion.state == state, "The same version is not made twice."
    monkeypatch.setitem(versions.FOLLOWING, "motion", 2)
    outbox.request_next(job, kind=Job.Kind.MOTION, arguments={"moving": [3, 4]})

    motion.refresh_from_db()
    assert (motion.state, motion.standing, motion.lane) == ("waiting", state, "bulk")
    assert motion.arguments == {"moving": [3, 4]}


@pytest.mark.parametrize("kind", versions.FOLLOWING)
def test_a_newer_recipe_of_what_follows_makes_what_it_follows_from_old(kind):
    assert versions.of("prepare") > sum(versions.FOLLOWING.values()) >= versions.of(kind)
