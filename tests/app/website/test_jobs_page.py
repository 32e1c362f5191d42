"""The page of one's own jobs: told by item, acted on one by one or all at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from albums import actions as albums
from albums.models import Item
from processing import actions, outbox
from processing.models import Job
from processing.reasons import CANCELLED, NOT_MEDIA
from processing.words import KINDS
from tests.people import person, photo, uploaded


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda lane: None)


def asked_for(owner, *names: str) -> list[Item]:
    items = [uploaded(owner, name) for name in names]
    for item in items:
        actions.request_processing(blob=item.blob)
    return items


def started(owner, name: str, *, seconds: int = 60, progress: int = 50) -> Job:
    [item] = asked_for(owner, name)
    began = timezone.now() - timedelta(seconds=seconds)
    item.blob.jobs.update(state="running", progress=progress, started_at=began, worker="one")
    return item.blob.jobs.get()


def page(her, **query: str) -> str:
    answer = her.get("/jobs/", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_somebody_without_jobs_is_told_so(her):
    text = page(her)

    assert "Nothing to wait for" in text
    assert "every 3s" not in text
    assert 'class="jobs-link"' not in text


def test_what_runs_is_shown_with_its_progress_and_the_time_left(her, alice):
    started(alice, "beach.jpg")

    text = page(her)

    assert "beach.jpg" in text
    assert 'value="5"' in text
    assert "about 1 minute left" in text
    assert "1 running, 0 waiting" in text
    assert "every 3s" in text


def test_what_waits_says_how_much_is_before_it(her, alice):
    for number in range(3):
        asked_for(person(f"guest{number}"), "theirs.jpg")
    asked_for(alice, "beach.jpg")

    assert "waiting, 3 before it" in page(her)


def test_a_video_of_many_pieces_is_one_row(her, alice):
    [item] = asked_for(alice, "waves.mp4")
    item.blob.jobs.update(state="done", progress=100)
    for part in range(4):
        outbox.request_job(blob=item.blob, kind=Job.Kind.SEGMENT, part=str(part))
    item.blob.jobs.filter(part="0").update(state="done", progress=100)

    text = page(her)

    assert text.count('class="job"') == 1
    assert "Making the video playable, 1 of 4 pieces done" in text
    assert f'value="{10 + 90 // 4}"' in text


def test_a_long_import_is_a_number_and_pages_of_rows(her, alice):
    asked_for(alice, *(f"{number}.jpg" for number in range(70)))

    first = her.get("/jobs/")
    second = page(her, show="under-way", cursor=first.context["next"])

    assert "0 running, 70 waiting" in first.content.decode()
    assert first.content.decode().count('class="job"') == 30
    assert second.count('class="job"') == 30
    assert {row.name for row in first.context["rows"]}.isdisjoint(
        {row.name for row in her.get("/jobs/?cursor=" + first.context["next"]).context["rows"]}
    )


@pytest.mark.parametrize("show", ["under-way", "unsuccessful", "recent"])
def test_many_jobs_cost_what_a_few_do(her, alice, show):
    state = {"under-way": "waiting", "unsuccessful": "failed", "recent": "done"}[show]

    def cost(count: int) -> int:
        asked_for(alice, *(f"{Job.objects.count()}-{number}.jpg" for number in range(count)))
        Job.objects.update(state=state, ended_at=timezone.now(), started_at=timezone.now())
        page(her, show=show)
        with CaptureQueriesContext(connection) as captured:
            page(her, show=show)
        return len(captured)

    few = cost(2)

    assert cost(25) == few <= 12


def test_failures_are_shown_with_their_reasons_and_tried_again(her, alice):
    [item] = asked_for(alice, "song.xyz")
    Job.objects.update(state="failed", reason=NOT_MEDIA, ended_at=timezone.now())

    text = page(her, show="unsuccessful")
    her.post("/jobs/retries/", {"thing": item.blob_id})

    assert NOT_MEDIA in text
    assert Job.objects.get().state == "waiting"


def test_all_that_failed_is_tried_again_at_once(her, alice):
    asked_for(alice, "one.jpg", "two.jpg")
    asked_for(person("bob"), "his.jpg")
    Job.objects.update(state="failed", ended_at=timezone.now())

    answer = her.post("/jobs/retries/", follow=True)

    assert "Trying 2 jobs again." in answer.content.decode()
    assert Job.objects.filter(state="failed").get().owner.email == "bob@example.org"


def test_cancelling_says_first_what_it_means(her, alice):
    [item] = asked_for(alice, "beach.jpg")

    asked = her.post("/jobs/cancellations/", {"thing": item.blob_id})
    assert KINDS["prepare"].cancelled in asked.content.decode()
    assert Job.objects.get().state == "waiting"
    her.post("/jobs/cancellations/", {"thing": item.blob_id, "sure": "yes"})

    item.refresh_from_db()
    assert item.reason == CANCELLED
    assert CANCELLED in page(her, show="unsuccessful")


def test_nobody_cancels_or_retries_what_is_anothers(her):
    [item] = asked_for(person("bob"), "his.jpg")

    her.post("/jobs/cancellations/", {"thing": item.blob_id, "sure": "yes"})
    her.post("/jobs/cancellations/", {"thing": "nonsense", "sure": "yes"})
    her.post("/jobs/cancellations/", {"sure": "yes"})
    assert Job.objects.get().state == "waiting"
    Job.objects.update(state="failed")
    her.post("/jobs/retries/", {"thing": Job.objects.get().pk})
    her.post("/jobs/retries/")

    assert Job.objects.get().state == "failed"
    assert "his.jpg" not in page(her)


def test_a_job_about_many_is_shown_and_cancelled_too(her, alice):
    job = outbox.request_job_of(alice, kind=Job.Kind.ARCHIVE)

    text = page(her)
    her.post("/jobs/cancellations/", {"thing": job.pk, "sure": "yes"})

    assert "Packing a ZIP" in text
    assert Job.objects.get().state == "cancelled"


def test_what_is_made_anew_is_a_number_and_cannot_be_cancelled_here(her, alice):
    item = photo(alice)
    item.blob.jobs.update(state="waiting", standing="done", lane="bulk")

    text = page(her)
    her.post("/jobs/cancellations/", {"sure": "yes"})

    assert "1 older item is made anew" in text
    assert "beach.jpg" not in text
    assert Job.objects.get().state == "waiting"


def test_done_lately_names_what_was_made(her, alice):
    item = photo(alice)
    item.blob.jobs.update(ended_at=timezone.now())

    assert "beach.jpg" in page(her, show="recent")


def test_what_was_deleted_meanwhile_is_shown_without_its_item(her, alice):
    [item] = asked_for(alice, "beach.jpg")
    albums.trash_items(owner=alice, ids=[item.pk])

    text = page(her)

    assert "Making pictures" in text
    assert "beach.jpg" not in text


def test_the_bars_of_each_page_say_how_much_is_under_way(her, alice):
    asked_for(alice, "one.jpg", "two.jpg")

    text = her.get("/albums/").content.decode()

    assert 'class="jobs-link" href="/jobs/"' in text
    assert "Jobs under way: </span>2" in text


def test_htmx_gets_the_board_alone(her, alice):
    asked_for(alice, "beach.jpg")

    text = her.get("/jobs/", headers={"HX-Request": "true"}).content.decode()

    assert text.lstrip().startswith('<div id="board"')


def test_from_a_later_page_one_comes_back_to_the_first(her, alice):
    asked_for(alice, *(f"{number}.jpg" for number in range(31)))
    following = her.get("/jobs/").context["next"]

    later = page(her, show="under-way", cursor=following)
    assert 'href="?show=under-way">Back to the first' in later

    Job.objects.update(state=Job.State.DONE)
    emptied = her.get("/jobs/", {"show": "under-way", "cursor": following})
    assert emptied["Location"] == "/jobs/?show=under-way"


def test_a_cursor_that_was_never_given_out_begins_again(her):
    assert her.get("/jobs/", {"cursor": "nonsense"})["Location"] == "/jobs/"


def test_an_items_page_says_how_long_it_will_take(her, alice):
    job = started(alice, "beach.jpg")
    item = Item.objects.get(blob=job.blob_id)

    assert "About 1 minute left" in her.get(f"/items/{item.pk}/").content.decode()


def test_every_kind_of_job_has_words():
    assert set(KINDS) == set(Job.Kind)
    assert all(words.cancelled.endswith(".") for words in KINDS.values())
