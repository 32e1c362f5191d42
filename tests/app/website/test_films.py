"""Asking for a film on the website."""

import pytest

from albums import actions
from processing.models import Job
from tests.people import person, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    alice = person("alice")
    client.force_login(alice)
    return alice


def test_an_album_becomes_a_film_in_its_own_order(client, alice):
    album = make_album(alice)
    first, second = (photo(alice, name, album=album) for name in ("one.jpg", "two.jpg"))

    page = client.get(f"/albums/{album.pk}/film/")
    client.post(
        f"/albums/{album.pk}/film/", {"title": "July", "photo_seconds": "4", "into_album": "on"}
    )

    assert "Of 2 items" in page.content.decode()
    job = Job.objects.get(kind=Job.Kind.FILM)
    assert job.arguments["blobs"] == [str(first.blob_id), str(second.blob_id)]
    assert (job.arguments["title"], job.arguments["album"]) == ("July", str(album.pk))


def test_a_selection_becomes_a_film_and_stays_out_of_albums(client, alice):
    one = photo(alice, "one.jpg")

    form = client.post("/selection/", {"do": "film", "item": str(one.pk)})
    client.post("/films/", {"item": str(one.pk), "title": "", "photo_seconds": "2.5"})

    assert str(one.pk) in form.content.decode()
    assert Job.objects.get(kind=Job.Kind.FILM).arguments["album"] is None


def test_somebody_elses_music_cannot_be_chosen(client, alice):
    one, other = photo(alice, "one.jpg"), photo(person("bob"), "song.mp3")

    answer = client.post(
        "/films/", {"item": str(one.pk), "photo_seconds": "4", "music": str(other.pk)}
    )

    assert answer.status_code == 422
    assert not Job.objects.filter(kind=Job.Kind.FILM).exists()


def test_an_empty_album_says_that_there_is_nothing_to_show(client, alice):
    album = make_album(alice)

    page = client.get(f"/albums/{album.pk}/film/")

    assert "nothing in this album yet" in page.content.decode()


def make_album(owner):
    return actions.create_album(owner=owner, title="Summer")
