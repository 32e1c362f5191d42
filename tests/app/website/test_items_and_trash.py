"""Items: names, trash, undo, trying again, and what a page learns while they are prepared."""

import re

import pytest
from django.urls import reverse

from albums import actions
from albums.models import Item
from processing.models import Job
from tests.people import job_of, photo, uploaded, video


def undo_of(page):
    found = re.search(r'action="(/trash/undo/[^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_renaming_keeps_the_ending(her, alice):
    beach = photo(alice)

    her.post(reverse("albums:rename_item", args=[beach.pk]), {"name": "Evening"})

    beach.refresh_from_db()
    assert beach.name == "Evening.jpg"


def test_deleting_what_is_selected_and_undoing_it(her, alice):
    chosen = [photo(alice, "one.jpg"), photo(alice, "two.jpg")]
    kept = photo(alice, "three.jpg")

    page = her.post(
        "/selection/", {"do": "trash", "item": [item.pk for item in chosen]}, follow=True
    )

    assert [item.pk for item in alice.items.kept()] == [kept.pk]

    her.post(undo_of(page))

    assert alice.items.kept().count() == 3


def test_undo_brings_back_only_its_own_deletion(her, alice):
    first, second = photo(alice, "one.jpg"), photo(alice, "two.jpg")
    earlier = her.post(reverse("albums:trash_item", args=[first.pk]), follow=True)
    her.post(reverse("albums:trash_item", args=[second.pk]))

    her.post(undo_of(earlier))

    assert list(alice.items.kept()) == [first]


def test_an_undo_that_is_too_old_says_so(her):
    answer = her.post(reverse("albums:undo", args=["unknown"]), follow=True)

    assert "too long ago" in answer.content.decode()


def test_selecting_nothing_is_answered_kindly(her):
    assert "Select something first" in her.post("/selection/", {}, follow=True).content.decode()


def test_stacking_what_is_selected_shows_the_first_for_all(her, alice):
    chosen = [photo(alice, f"{number}.jpg") for number in range(3)]
    album = actions.create_album(owner=alice, title="Summer", items=chosen)
    ids = [item.pk for item in chosen[1:]]

    page = her.post(
        "/selection/", {"do": "stack", "item": ids, "album": album.pk}, follow=True
    ).content.decode()

    assert "Stacked 2 items; “1.jpg” is shown for all." in page
    assert page.count("<photo-tile") == 2
    assert Item.objects.get(pk=ids[1]).behind_id == ids[0]


def test_one_item_is_no_stack(her, alice):
    page = her.post("/selection/", {"do": "stack", "item": photo(alice).pk}, follow=True)

    assert "A stack takes two items or more" in page.content.decode()
    assert not Item.objects.filter(behind__isnull=False).exists()


def test_taking_back_from_the_trash(her, alice):
    beach = photo(alice)
    her.post(reverse("albums:trash_item", args=[beach.pk]))

    page = her.get("/trash/").content.decode()
    her.post(reverse("albums:restore"), {"item": beach.pk})

    assert f'value="{beach.pk}"' in page
    assert alice.items.kept().get() == beach


def test_deleting_for_good_asks_once_more(her, alice):
    beach = photo(alice)
    her.post(reverse("albums:trash_item", args=[beach.pk]))

    question = her.post(reverse("albums:delete_forever"), {"item": beach.pk})

    assert "Delete 1 item for good?" in question.content.decode()
    assert alice.items.exists()

    her.post(reverse("albums:delete_forever"), {"item": beach.pk, "sure": "yes"})

    assert not alice.items.exists()


def test_emptying_the_trash_leaves_the_library_alone(her, alice):
    beach, fox = photo(alice), photo(alice, "fox.jpg")
    her.post(reverse("albums:trash_item", args=[beach.pk]))

    her.post(reverse("albums:delete_forever"), {"all": "yes", "sure": "yes"})

    assert list(alice.items.all()) == [fox]


@pytest.fixture
def broken(alice):
    item = uploaded(alice, "broken.jpg")
    job_of(item.blob, state=Job.State.FAILED, reason="This file is damaged.")
    type(item).objects.filter(pk=item.pk).update(state="failed", reason="This file is damaged.")
    return item


def test_what_failed_says_why_and_can_be_downloaded_and_tried_again(her, broken):
    page = her.get(reverse("albums:item", args=[broken.pk])).content.decode()

    assert "This file is damaged." in page
    assert "Download original" in page

    her.post(reverse("albums:retry_item", args=[broken.pk]))

    assert broken.blob.jobs.get().state == Job.State.WAITING


def test_only_tiles_that_changed_are_sent_again(her, alice):
    waiting, done = uploaded(alice, "waiting.mp4"), video(alice)
    shown = {"item": [f"{waiting.pk}:0.0", f"{done.pk}:40.0"]}

    answer = her.get(reverse("albums:states"), shown).content.decode()

    assert f'id="tile-{done.pk}"' in answer
    assert 'hx-swap-oob="true"' in answer
    assert str(waiting.pk) not in answer


@pytest.mark.parametrize(("kind", "made"), [("motion", "photo"), ("previews", "video")])
def test_a_tile_is_asked_about_until_what_moves_in_it_is_made(her, alice, kind, made):
    item = photo(alice) if made == "photo" else video(alice)
    job = job_of(item.blob, kind=kind, lane=Job.Lane.MEDIA)
    grid = her.get("/").content.decode()
    mark = "".join(re.findall(r'data-pending="([^"]+)"', grid))

    before = her.get(reverse("albums:states"), {"item": f"{item.pk}:{mark}"}).content.decode()
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    after = her.get(reverse("albums:states"), {"item": f"{item.pk}:{mark}"}).content.decode()

    assert "Preparing" not in grid
    assert before.strip() == ""
    assert f'id="tile-{item.pk}"' in after
    assert "data-pending" not in after


def test_a_tile_is_not_asked_about_while_what_moves_is_made_anew(her, alice):
    job_of(photo(alice).blob, kind="motion", lane=Job.Lane.BULK, standing=Job.State.DONE)

    assert "data-pending" not in her.get("/").content.decode()


def test_the_page_of_a_photo_waits_for_its_motion_without_blinking(her, alice):
    beach = photo(alice)
    job = job_of(beach.blob, kind="motion", lane=Job.Lane.MEDIA)
    address = reverse("albums:item", args=[beach.pk])
    asked = f'hx-get="{address}?part=motion"'

    assert asked in her.get(address).content.decode()
    assert her.get(address, {"part": "motion"}).status_code == 204

    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)

    answer = her.get(address, {"part": "motion"})
    assert answer.status_code == 200
    assert asked not in answer.content.decode()


def test_a_strangers_tiles_are_not_sent(his, alice):
    done = video(alice)

    answer = his.get(reverse("albums:states"), {"item": [f"{done.pk}:0", "nonsense:1", "x"]})

    assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_what_is_prepared_says_so(her, alice):
    waiting = uploaded(alice, "waiting.mp4")

    page = her.get("/").content.decode()

    assert "Preparing…" in page
    assert f'data-item="{waiting.pk}" data-pending="0.0"' in page


def test_a_small_photo_is_never_stretched(her, alice):
    item = photo(alice)
    item.blob.renditions.exclude(recipe="image-320").delete()

    tile = her.get("/").content.decode().partition("<photo-tile")[2].partition("</photo-tile")[0]
    page = her.get(f"/items/{item.pk}/").content.decode()

    # A browser takes what `sizes` says for the natural size.
    assert "tile-small" in tile
    assert "sizes=" not in tile
    assert 'sizes="(max-width: 320px) 100vw, 320px"' in page


def test_facts_name_the_camera_and_the_size(her, alice):
    page = her.get(reverse("albums:item", args=[photo(alice).pk])).content.decode()

    assert "Nikon F3" in page
    assert "3000 by 2000" in page


def test_the_facts_alone_for_the_viewer(her, alice):
    address = reverse("albums:item", args=[photo(alice).pk])

    part = her.get(address, {"part": "facts"}).content.decode()

    assert "Nikon F3" in part
    assert "<html" not in part


def test_states_may_be_asked_for_by_ids_in_any_writing(her, alice):
    waiting = uploaded(alice, "waiting.jpg")

    answer = her.get(reverse("albums:states"), {"item": f"{str(waiting.pk).upper()}:99"})

    assert "waiting.jpg" in answer.content.decode()


def test_what_is_thrown_away_after_the_question_survives_the_answer(her, alice):
    meant, later = photo(alice, "meant.jpg"), photo(alice, "later.jpg")
    actions.trash_items(owner=alice, ids=[meant.pk])

    question = her.post(reverse("albums:delete_forever"), {"all": "yes"}).content.decode()
    asked = dict(re.findall(r'name="(sure|all|until)" value="([^"]+)"', question))
    actions.trash_items(owner=alice, ids=[later.pk])
    her.post(reverse("albums:delete_forever"), asked)

    assert set(asked) == {"sure", "all", "until"}
    assert list(Item.objects.in_trash()) == [later]
