"""Jobs are cancelled and tried again, one or many, in a bounded number of statements."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums.models import Item
from processing import actions, many, outbox
from processing.models import Job
from processing.reasons import CANCELLED
from tests.people import blob_of, person, photo, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch) -> list[str]:
    lanes: list[str] = []
    monkeypatch.setattr(outbox, "ring", lanes.append)
    return lanes


@pytest.fixture
def item():
    item = uploaded(person("alice"), "beach.jpg")
    actions.request_processing(blob=item.blob)
    return item


def claimed(lane: str = "interactive") -> Job:
    job = Job.objects.claim_next(lane=lane, worker="one", now=timezone.now())
    assert job
    return job


def test_a_waiting_job_is_cancelled_at_once_and_its_item_says_so(item):
    assert actions.cancel(jobs=Job.objects.all()) == 1

    item.refresh_from_db()
    assert Job.objects.get().state == Job.State.CANCELLED
    assert (item.state, item.reason) == ("failed", CANCELLED)
    assert Job.objects.claim_next(lane="interactive", worker="one", now=timezone.now()) is None


def test_the_worker_of_a_cancelled_job_has_lost_it(item):
    job = claimed()

    actions.cancel(jobs=Job.objects.all())

    assert not job.extend_lease(now=timezone.now(), progress=50)
    assert not job.finish(now=timezone.now())
    assert Job.objects.get().state == Job.State.CANCELLED


def test_what_was_cancelled_can_be_tried_again(item, django_capture_on_commit_callbacks, rung):
    actions.cancel(jobs=Job.objects.all())

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.retry_failed(blob=item.blob) == 1

    item.refresh_from_db()
    assert (item.state, item.reason) == ("processing", "")
    assert claimed().finish(now=timezone.now())
    assert rung == ["interactive"]


@pytest.mark.parametrize("change", [actions.cancel, actions.retry])
def test_what_is_done_is_neither_cancelled_nor_tried_again(change):
    photo(person("alice"))

    assert change(jobs=Job.objects.all()) == 0


def test_a_retry_of_many_takes_no_turn_before_others(monkeypatch):
    monkeypatch.setattr(many, "AT_ONCE", 3)
    alice, bob = person("alice"), person("bob")
    for number in range(8):
        actions.request_processing(blob=blob_of(alice, f"{number}.jpg"))
    Job.objects.update(state="failed")
    actions.request_processing(blob=blob_of(alice, "new.jpg"))

    assert actions.retry(jobs=Job.objects.filter(owner=alice)) == 8
    actions.request_processing(blob=blob_of(bob, "beach.jpg"))

    order = []
    while job := Job.objects.claim_next(lane="interactive", worker="one", now=timezone.now()):
        order.append(job.owner)
        job.finish(now=timezone.now())
    assert order[:3].count(bob) == 1
    assert len(order) == 10
    assert Job.objects.values("lane", "owner", "turn").distinct().count() == 10


@pytest.mark.parametrize("change", [actions.cancel, actions.retry])
def test_many_cost_what_a_few_do(change):
    alice = person("alice")
    state = "waiting" if change is actions.cancel else "failed"

    def cost(count: int) -> int:
        for number in range(count):
            blob = uploaded(alice, f"{Job.objects.count()}-{number}.jpg").blob
            actions.request_processing(blob=blob)
        Job.objects.update(state=state)
        with CaptureQueriesContext(connection) as captured:
            assert change(jobs=Job.objects.filter(owner=alice)) == Job.objects.count()
        return len(captured)

    few = cost(2)

    assert cost(20) == few
    expected = "failed" if change is actions.cancel else "processing"
    assert set(Item.objects.values_list("state", flat=True)) == {expected}


def test_what_came_back_does_not_pull_what_is_tried_again_before_others(monkeypatch):
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    actions.request_processing(blob=blob_of(alice, "back.jpg"))
    claimed().give_back(now=timezone.now())
    for number in range(3):
        actions.request_processing(blob=blob_of(bob, f"{number}.jpg"))
    Job.objects.filter(owner=bob).update(turn=F("turn") + 100)
    failed = [actions.request_processing(blob=blob_of(carol, f"{n}.jpg")) for n in range(3)]
    Job.objects.filter(owner=carol).update(state="failed")

    actions.retry(jobs=Job.objects.filter(owner=carol))

    assert min(Job.objects.filter(owner=carol).values_list("turn", flat=True)) == 100
    assert len(failed) == 3


def test_what_is_tried_again_counts_as_the_round_that_is_served(item):
    claimed().fail("no", now=timezone.now())
    Job.objects.update(turn=7)
    actions.retry(jobs=Job.objects.all())
    Job.objects.update(turn=50)

    assert actions.request_processing(blob=blob_of(person("bob"), "new.jpg")).turn == 50
