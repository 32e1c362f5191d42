"""Asking for a film on the website."""

import pytest

from albums import actions
from albums.models import Item
from processing.models import Job
from tests.people import person, photo, song, uploaded

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


def test_music_of_the_library_is_offered_and_chosen(client, alice):
    one, music = photo(alice, "one.jpg"), song(alice, "Waves.mp3")

    form = client.post("/selection/", {"do": "film", "item": str(one.pk)}).content.decode()
    client.post("/films/", {"item": str(one.pk), "photo_seconds": "4", "music": str(music.pk)})

    assert f'<option value="{music.pk}">Waves.mp3</option>' in form
    assert Job.objects.get(kind=Job.Kind.FILM).arguments["music"] == str(music.blob_id)


def test_what_cannot_be_shown_is_left_out_and_named(client, alice):
    album = make_album(alice)
    one = photo(alice, "one.jpg", album=album)
    uploaded(alice, "pending.jpg", album=album)
    song(alice, album=album)
    broken = photo(alice, "broken.jpg", album=album)
    Item.objects.filter(pk=broken.pk).update(state="failed")

    page = client.get(f"/albums/{album.pk}/film/").content.decode()
    client.post(f"/albums/{album.pk}/film/", {"title": "July", "photo_seconds": "4"})

    assert "Of 1 item" in page
    assert (
        "Left out: 1 is still being prepared, 1 could not be shown, "
        "1 has only sound, which can be its music." in page
    )
    assert Job.objects.get(kind=Job.Kind.FILM).arguments["blobs"] == [str(one.blob_id)]


def test_a_selection_of_nothing_that_can_be_shown_is_refused(client, alice):
    music = song(alice)

    form = client.post("/selection/", {"do": "film", "item": str(music.pk)}).content.decode()
    answer = client.post("/films/", {"item": str(music.pk), "photo_seconds": "4"})

    assert "it needs photos or videos that are ready" in form
    assert "1 has only sound" in form
    assert "Make the film" not in form
    assert answer.status_code == 422
    assert not Job.objects.filter(kind=Job.Kind.FILM).exists()


def test_a_film_has_its_title_on_the_page_of_jobs(client, alice):
    one = photo(alice, "one.jpg")
    for title in ("Our July", ""):
        client.post("/films/", {"item": str(one.pk), "title": title, "photo_seconds": "4"})

    page = client.get("/jobs/").content.decode()

    assert '<p class="job-name"><bdi>Our July</bdi></p>' in page
    assert '<p class="job-name"><bdi>Making a film</bdi></p>' in page
    assert '<p class="faint">Making a film' in page


def test_an_empty_album_says_that_there_is_nothing_to_show(client, alice):
    album = make_album(alice)

    page = client.get(f"/albums/{album.pk}/film/")

    assert "nothing in this album yet" in page.content.decode()


def make_album(owner):
    return actions.create_album(owner=owner, title="Summer")
