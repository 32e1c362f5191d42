"""A folder shown as an album, as its owner meets it on the pages of both."""

import pytest
from django.urls import reverse
from django.utils import timezone

from albums import actions
from albums.following import beginning
from albums.models import Album
from sync.server.actions import create_folder
from sync.server.models import Folder, Member
from sync.server.people import lifetime
from tests.app.albums.following.shooting import Shoot
from tests.app.sync.changing import identity
from tests.people import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def trips(alice):
    """Alice's folder, and the album that follows it, with a picture."""
    made = Shoot(alice)
    made.put("sea.jpg")
    made.catch_up()
    return made


@pytest.fixture
def folder(alice):
    return create_folder(owner=alice, name="Holidays").folder


def follow(folder: Folder) -> str:
    return reverse("albums:follow", args=[folder.pk])


def words(response):
    return response.content.decode()


def test_the_folder_s_page_leads_to_an_album_of_it(her, folder):
    assert follow(folder) in words(her.get(reverse("sync:folder", args=[folder.pk])))

    made = her.post(follow(folder), {"title": "By the sea"}, follow=True)

    album = Album.objects.get()
    assert made.redirect_chain[-1][0] == reverse("albums:album", args=[album.pk])
    assert "Follows the folder" in words(made)
    assert "By the sea" in words(her.get(reverse("sync:folder", args=[folder.pk])))
    assert her.get(follow(folder)).url == reverse("albums:album", args=[album.pk])


def test_so_does_that_of_a_folder_inside_it(her, alice):
    trips = Shoot(alice, place="Lisbon")
    inside = identity("Lisbon")

    assert "Shown as album" in words(her.get(reverse("sync:entry", args=[trips.folder.pk, inside])))
    assert "Show as album" in words(her.get(reverse("sync:folder", args=[trips.folder.pk])))
    assert her.get(f"{follow(trips.folder)}?place={identity('nothing')}").status_code == 404
    assert her.get(f"{follow(trips.folder)}?place=nonsense").status_code == 404


def test_members_are_told_nothing_of_it(his, bob, trips):
    Member.objects.create(folder=trips.folder, user=bob, role=Member.Role.EDITOR)

    page = his.get(reverse("sync:folder", args=[trips.folder.pk]))

    assert page.context["notes"] == []


def test_nothing_is_added_by_hand(her, alice, trips):
    address = reverse("albums:add", args=[trips.album.pk])
    other = photo(alice, "other.jpg")

    answer = her.post(address, {"item": str(other.pk)}, follow=True)

    assert beginning.PUT_IT_THERE in words(answer)
    assert trips.shown() == ["sea.jpg"]
    chosen = words(her.post(reverse("albums:selection"), {"item": str(other.pk), "do": "choose"}))
    assert address not in chosen


def test_nor_by_the_api(her, alice, trips):
    other = photo(alice, "other.jpg")

    answer = her.post(
        f"/api/v1/albums/{trips.album.pk}/items",
        {"items": [str(other.pk)]},
        content_type="application/json",
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/follows-folder"


def test_who_throws_a_picture_away_is_told_that_its_file_stays(her, trips):
    item = trips.item("sea.jpg")

    told = her.post(reverse("albums:trash_item", args=[item.pk]), follow=True)

    assert "Its file stays in the folder." in words(told)
    assert not trips.known("sea.jpg").is_deleted


@pytest.mark.parametrize(("chosen", "left"), [("keep", ["sea.jpg"]), ("remove", [])])
def test_it_follows_no_longer(her, trips, chosen, left):
    address = reverse("albums:following", args=[trips.album.pk])
    assert "It is as the folder is." in words(her.get(address))

    told = her.post(address, {"items": chosen}, follow=True)

    assert "is an album like any other now" in words(told)
    assert trips.shown() == left
    assert her.get(address).status_code == 404


def test_its_page_says_when_it_is_behind_or_its_folder_is_gone(her, alice):
    trips = Shoot(alice, place="Lisbon")
    address = reverse("albums:following", args=[trips.album.pk])
    trips.put("sea.jpg", inside="Lisbon")
    assert "catching up" in words(her.get(address))

    trips.delete("sea.jpg")
    trips.delete("Lisbon")

    assert "was deleted" in words(her.get(address))


def test_an_album_stays_while_its_folder_is_deleted_and_brought_back(her, alice, trips):
    lifetime.delete(folder=trips.folder, by=alice, now=timezone.now())

    page = her.get(reverse("albums:album", args=[trips.album.pk]))
    assert trips.shown() == ["sea.jpg"]
    assert page.context["folder_address"] == ""
    told = words(her.get(reverse("albums:following", args=[trips.album.pk])))
    assert "The album stays as it is." in told

    lifetime.restore(folder=trips.folder, by=alice, now=timezone.now())
    trips.put("storm.jpg")
    trips.catch_up()
    assert trips.shown() == ["sea.jpg", "storm.jpg"]


def test_an_open_page_hears_that_the_album_has_changed(her, trips):
    address = reverse("albums:album", args=[trips.album.pk])
    mark = her.get(address).context["mark"]
    assert her.get(f"{address}?mark={mark}").status_code == 204

    trips.put("storm.jpg")
    trips.catch_up()

    assert her.get(f"{address}?mark={mark}").status_code == 205


def test_an_album_of_ones_own_is_not_followed_by_a_folder(her, alice):
    """A folder that mirrors an album has no owner who could."""
    album = actions.create_album(owner=alice, title="Summer")

    assert her.get(reverse("albums:follow", args=[album.pk])).status_code == 403
