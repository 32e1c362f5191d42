"""Albums, selections and takeouts as ZIP: what is in them, and who gets them."""

import io
import json
import zipfile
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from albums import actions, archive_wishes, takeout_mail
from albums.models import Item
from mediashare.aws import s3
from processing import work
from processing.archives import listing
from processing.archives.actions import request_archive
from processing.archives.models import Archive
from processing.lease import Lease
from processing.models import Job, MediaInfo
from tests.app.processing.originals import stored
from tests.app.website.conftest import browser_of
from tests.people import SUMMER

pytestmark = pytest.mark.usefixtures("buckets")


def item(owner, name, content=b"sand", **facts) -> Item:
    """An item whose bytes are in the store; facts are those of its file."""
    blob = stored(owner, content)
    if facts:
        known = {"kind": "photo", "format": "jpeg", "width": 3, "height": 2, "taken_at": SUMMER}
        MediaInfo.objects.create(blob=blob, **known, **facts)
    return actions.add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER)


def made(owner, wish) -> zipfile.ZipFile:
    archive = request_archive(owner=owner, wish=wish)
    for lane in (Job.Lane.MEDIA, Job.Lane.BULK):
        work.do_next(lane)
    archive.refresh_from_db()
    assert archive.state == "ready", archive.reason
    return opened(archive)


def opened(archive) -> zipfile.ZipFile:
    body = b"".join(s3.open_range(bucket=settings.RENDITIONS_BUCKET, key=archive.key))
    found = zipfile.ZipFile(io.BytesIO(body))
    assert found.testzip() is None
    return found


@pytest.fixture
def summer(alice):
    place = {"latitude": 38.7, "longitude": -9.1, "place": "Lisbon, Portugal"}
    beach = item(
        alice,
        "beach.jpg",
        b"sand",
        **place,
        camera="Nikon F3",
        taken_offset_minutes=60,
        description="The tide",
        keywords=["sea"],
    )
    others = [item(alice, "BEACH.jpg", b"stone"), item(alice, "a/b?.jpg", b"rock")]
    return actions.create_album(
        owner=alice, title="Summer: 1/2", description="By the sea", items=[beach, *others]
    )


@pytest.mark.parametrize(
    "corrected",
    [
        {"taken_offset_minutes": 120},
        {"latitude": 48.1},
        {"place": "Porto, Portugal"},
        {"description": "The ebb"},
        {"keywords": ["ebb"]},
    ],
)
def test_what_was_corrected_since_makes_another_archive(alice, summer, corrected):
    before = archive_wishes.album(summer), archive_wishes.takeout(alice)

    Item.objects.filter(name="beach.jpg").update(**corrected)

    after = archive_wishes.album(summer), archive_wishes.takeout(alice)
    assert {wish.fingerprint for wish in before}.isdisjoint(wish.fingerprint for wish in after)


def test_an_album_is_a_folder_with_what_is_known_beside_each_file(alice, summer):
    archive = made(alice, archive_wishes.album(summer))

    assert archive.namelist() == [
        "Summer_ 1_2/beach.jpg",
        "Summer_ 1_2/beach.jpg.json",
        "Summer_ 1_2/BEACH (2).jpg",
        "Summer_ 1_2/BEACH (2).jpg.json",
        "Summer_ 1_2/a_b_.jpg",
        "Summer_ 1_2/a_b_.jpg.json",
        "Summer_ 1_2/album.json",
    ]
    assert archive.read("Summer_ 1_2/BEACH (2).jpg") == b"stone"
    # By the clock of where it was taken.
    assert archive.getinfo("Summer_ 1_2/beach.jpg").date_time == (2024, 7, 1, 13, 0, 0)


def test_the_file_beside_a_picture_says_what_is_known_of_it(alice, summer):
    archive = made(alice, archive_wishes.album(summer))

    facts = json.loads(archive.read("Summer_ 1_2/beach.jpg.json"))
    assert facts["taken_at"] == "2024-07-01T12:00:00+00:00"
    assert facts["taken_offset_minutes"] == 60
    assert facts["camera"] == "Nikon F3"
    assert facts["place"]["name"] == "Lisbon, Portugal"
    assert (facts["description"], facts["keywords"]) == ("The tide", ["sea"])
    assert facts["albums"] == ["Summer: 1/2"]


def test_the_album_says_its_order_and_words(alice, summer):
    last = summer.items.get(name="a/b?.jpg")
    actions.move_in_album(album=summer, item=last, before=summer.items.get(name="beach.jpg"))

    archive = made(alice, archive_wishes.album(summer))

    facts = json.loads(archive.read("Summer_ 1_2/album.json"))
    assert (facts["title"], facts["description"]) == ("Summer: 1/2", "By the sea")
    assert facts["items"] == ["a_b_.jpg", "beach.jpg", "BEACH (2).jpg"]


def test_a_takeout_has_every_file_once_and_albums_as_lists(alice, bob, summer):
    item(bob, "bobs.jpg")
    actions.create_album(owner=alice, title="Best of", items=[summer.items.get(name="beach.jpg")])
    trashed = item(alice, "gone.jpg")
    actions.trash_items(owner=alice, ids=[trashed.pk])

    archive = made(alice, archive_wishes.takeout(alice))

    root = archive.namelist()[0].partition("/")[0]
    names = [name.removeprefix(f"{root}/") for name in archive.namelist()]
    files = [name for name in names if name.startswith("Library/") and not name.endswith(".json")]
    assert (
        sorted(files)
        == [
            "Library/2024/07/BEACH (2).jpg",
            "Library/2024/07/a_b_.jpg",
            "Library/2024/07/beach.jpg",
        ]
        or len(files) == 3
    )
    assert not any("gone" in name or "bobs" in name for name in names)
    best = json.loads(archive.read(f"{root}/Albums/Best of.json"))
    (path,) = best["items"]
    assert archive.read(f"{root}/{path}") == b"sand"
    assert b"everything" in archive.read(f"{root}/README.txt").lower()


def test_a_selection_has_what_was_selected(alice, summer):
    chosen = [summer.items.get(name="beach.jpg")]

    archive = made(alice, archive_wishes.selection(chosen))

    assert [name.partition("/")[2] for name in archive.namelist()] == [
        "beach.jpg",
        "beach.jpg.json",
    ]


def test_the_same_content_has_the_same_fingerprint_until_something_changes(alice, summer):
    before = archive_wishes.album(summer).fingerprint

    assert archive_wishes.album(summer).fingerprint == before
    beach = summer.items.get(name="beach.jpg")
    actions.rename_item(item=beach, name="shore.jpg")
    renamed = archive_wishes.album(summer).fingerprint
    assert renamed != before
    actions.trash_items(owner=alice, ids=[beach.pk])
    assert archive_wishes.album(summer).fingerprint not in {before, renamed}


def test_a_download_has_its_name_and_goes_on_where_it_broke_off(alice, summer):
    made(alice, archive_wishes.album(summer))
    archive = Archive.objects.get()
    her = browser_of(alice)
    whole = b"".join(s3.open_range(bucket=settings.RENDITIONS_BUCKET, key=archive.key))

    address = her.get(reverse("albums:archive_file", args=[archive.pk]))["Location"]
    answer = httpx.get(address)
    rest = httpx.get(address, headers={"Range": "bytes=100-", "If-Range": answer.headers["ETag"]})

    assert "Summer_ 1_2.zip" in answer.headers["Content-Disposition"]
    assert (answer.status_code, answer.content) == (200, whole)
    assert (rest.status_code, rest.content) == (206, whole[100:])


def test_asking_on_the_pages(alice, summer):
    her = browser_of(alice)

    her.post(reverse("albums:album_archives", args=[summer.pk]))
    her.post(reverse("albums:selection"), {"do": "archive", "item": summer.items.first().pk})
    her.post(reverse("albums:archives"))

    assert sorted(Archive.objects.values_list("kind", flat=True)) == [
        *("album", "selection", "takeout"),
    ]
    lanes = {"album": "media", "selection": "media", "takeout": "bulk"}
    assert dict(Archive.objects.values_list("kind", "job__lane")) == lanes
    page = her.get(reverse("albums:archives")).content.decode()
    assert "Waiting for its turn" in page


def test_the_card_of_an_archive_tells_how_far_it_is(alice, summer):
    her = browser_of(alice)
    archive = request_archive(owner=alice, wish=archive_wishes.album(summer))
    card = reverse("albums:archive", args=[archive.pk])

    assert "every 2s" in her.get(card, headers={"HX-Request": "true"}).content.decode()
    Job.objects.update(state=Job.State.FAILED, reason="The disk was full.")
    failed = her.get(card, headers={"HX-Request": "true"}).content.decode()
    assert "The disk was full." in failed
    assert "Try again" in failed
    her.post(reverse("albums:retry_archive", args=[archive.pk]))
    work.do_next(Job.Lane.MEDIA)
    ready = her.get(card, headers={"HX-Request": "true"}).content.decode()
    assert reverse("albums:archive_file", args=[archive.pk]) in ready
    assert "every 2s" not in ready
    her.post(reverse("albums:give_up_archive", args=[archive.pk]))
    assert not Archive.objects.exists()


def test_an_empty_album_and_an_empty_library_make_nothing(alice):
    her = browser_of(alice)
    empty = actions.create_album(owner=alice, title="Empty")

    her.post(reverse("albums:album_archives", args=[empty.pk]))
    her.post(reverse("albums:archives"))

    assert not Archive.objects.exists()


def test_a_mail_tells_of_a_takeout_once(alice, summer):
    made(alice, archive_wishes.takeout(alice))
    made(alice, archive_wishes.album(summer))

    assert takeout_mail.send_all(now=timezone.now()) == 1
    assert takeout_mail.send_all(now=timezone.now()) == 0
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert f"{settings.SITE_URL}/archives/" in letter.body


def test_the_api_asks_watches_and_fetches(alice, summer):
    her = browser_of(alice)

    asked = her.post(
        "/api/v1/archives",
        {"kind": "album", "album": str(summer.pk)},
        content_type="application/json",
    )
    work.do_next(Job.Lane.MEDIA)
    answer = her.get(f"/api/v1/archives/{asked.json()['id']}").json()

    assert (asked.status_code, asked.json()["state"]) == (201, "making")
    assert (answer["state"], answer["percent"]) == ("ready", 100)
    assert len(httpx.get(answer["download_url"]).content) == answer["size"]
    assert her.delete(f"/api/v1/archives/{answer['id']}").status_code == 204
    assert her.get("/api/v1/archives").json()["results"] == []


@pytest.mark.parametrize("sent", [{"kind": "album"}, {"kind": "selection"}, {"kind": "other"}])
def test_the_api_says_what_a_wish_lacks(alice, sent):
    answer = browser_of(alice).post("/api/v1/archives", sent, content_type="application/json")

    assert answer.status_code == 400


def test_a_hundred_files_cost_as_many_questions_as_ten(alice, django_assert_max_num_queries):
    """Listing them is by batches, so that 100,000 take a minute and no memory."""
    album = actions.create_album(owner=alice, title="Many")
    items = [item(alice, f"{number}.jpg", b"x" * number) for number in range(1, 60)]
    actions.add_to_album(album=album, items=items)
    archive = request_archive(owner=alice, wish=archive_wishes.album(album))

    job = Job.objects.claim_next(lane="media", worker="any", now=timezone.now())
    assert job

    with django_assert_max_num_queries(15):
        listing.write_down(archive, Lease(job))

    assert archive.entry_count == 2 * 59 + 1
    assert timezone.now() + timedelta(days=1) < archive.expires_at
