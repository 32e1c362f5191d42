"""Visitors of a link get originals that do not say where they were taken, or none."""

import io
import zipfile

import httpx
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image
from PIL.ExifTags import IFD
from rest_framework.settings import api_settings

from albums import actions, permissions
from albums.models import Item
from processing import privacy, reasons, strip, work
from processing.archives.models import Archive
from processing.models import Job, MediaInfo
from processing.recipes import versions
from tests.app.processing.originals import MEDIA, stored
from tests.app.website.conftest import browser_of
from tests.people import SUMMER

pytestmark = pytest.mark.usefixtures("buckets", "nobody_has_asked")
PHOTO = (MEDIA / "gps.jpg").read_bytes()


@pytest.fixture
def nobody_has_asked():
    cache.clear()


def item(owner, name, body, kind="photo", latitude: float | None = 38.7) -> Item:
    blob = stored(owner, body)
    MediaInfo.objects.create(
        blob=blob, kind=kind, format="jpeg", width=3, height=2, latitude=latitude, longitude=-9.1
    )
    return actions.add_item(owner=owner, blob=blob, name=name, taken_at=SUMMER)


@pytest.fixture
def summer(alice):
    return actions.create_album(
        owner=alice, title="Summer", items=[item(alice, "beach.jpg", PHOTO)]
    )


def door(album, **more) -> str:
    return f"/s/{permissions.share_token(actions.share_album(album=album, **more))}/"


def page_of(album, **more) -> str:
    return f"{door(album, **more)}items/{album.items.get().pk}/"


def gps_of(body: bytes):
    with Image.open(io.BytesIO(body)) as image:
        return image.getexif().get_ifd(IFD.GPSInfo)


def links_in(page) -> list[str]:
    """Addresses of files in a page."""
    parts = page.content.decode().replace("&amp;", "&").split('"')
    return [part for part in parts if "response-content-disposition" in part]


def test_the_original_is_given_without_its_place(client, summer):
    address = page_of(summer)
    assert gps_of(PHOTO)

    assert links_in(client.get(address)) == []
    client.post(f"{address}copies/")
    assert "being prepared" in client.get(address).content.decode()
    work.do_next(Job.Lane.MEDIA)
    (link,) = links_in(client.get(address))
    answer = httpx.get(link)

    assert gps_of(answer.content) == {}
    assert len(answer.content) == len(PHOTO)
    assert (
        Image.open(io.BytesIO(answer.content)).tobytes() == Image.open(io.BytesIO(PHOTO)).tobytes()
    )
    assert "beach.jpg" in answer.headers["Content-Disposition"]


def test_no_page_of_a_visitor_names_the_original_while_it_says_where(client, summer):
    key = summer.items.get().blob.key
    address = door(summer)
    pages = [address, f"{address}items/{summer.items.get().pk}/", f"{address}archive/"]

    before = [client.get(page).content.decode() for page in pages]
    client.post(f"{address}items/{summer.items.get().pk}/copies/")
    work.do_next(Job.Lane.MEDIA)
    after = [client.get(page).content.decode() for page in pages]

    assert not any(key in page for page in before + after)


def test_with_the_owners_word_the_original_is_given_as_it_is(client, summer):
    (link,) = links_in(client.get(page_of(summer, include_place=True)))

    assert httpx.get(link).content == PHOTO


def test_the_place_is_shown_with_the_owners_word_only(client, alice, summer):
    Item.objects.update(latitude=38.7075, longitude=-9.1366)

    assert "38.7" not in client.get(page_of(summer)).content.decode()
    assert "38.7" in client.get(page_of(summer, include_place=True)).content.decode()


def test_a_file_that_names_no_place_needs_no_copy(client, alice):
    plain = (MEDIA / "orientation-1.jpg").read_bytes()
    photo = item(alice, "a.jpg", plain, latitude=None)
    album = actions.create_album(owner=alice, title="S", items=[photo])
    address = page_of(album)

    client.post(f"{address}copies/")
    work.do_next(Job.Lane.MEDIA)
    (link,) = links_in(client.get(address))

    assert httpx.get(link).content == plain
    assert not album.items.get().blob.renditions.exists()


def test_a_film_is_given_without_its_place_too(client, alice):
    body = (MEDIA / "clip.mp4").read_bytes()
    place = b"\0\0\0\x1e\xa9xyz\0\x12\x15\xc7+38.7075-009.1366/"
    udta = (8 + len(place)).to_bytes(4) + b"udta" + place
    at = body.index(b"moov") - 4
    size = int.from_bytes(body[at : at + 4])
    # The film's own place stands at the end of its first box; what follows moves on.
    body = (
        body[:at]
        + (size + len(udta)).to_bytes(4)
        + body[at + 4 : at + size]
        + udta
        + body[at + size :]
    )
    album = actions.create_album(
        owner=alice, title="S", items=[item(alice, "a.mp4", body, kind="video")]
    )
    address = page_of(album)

    client.post(f"{address}copies/")
    work.do_next(Job.Lane.MEDIA)
    (link,) = links_in(client.get(address))

    given = httpx.get(link).content
    assert b"38.7075" not in given
    assert len(given) == len(body)


def test_a_format_whose_places_are_not_known_stays_closed(client, alice):
    body = (MEDIA / "clip-vp9.webm").read_bytes()
    album = actions.create_album(owner=alice, title="S", items=[item(alice, "a.webm", body)])
    address = page_of(album)

    client.post(f"{address}copies/")
    work.do_next(Job.Lane.MEDIA)
    page = client.get(address)

    assert links_in(page) == []
    assert "is not given away" in page.content.decode()
    assert Job.objects.get().state == Job.State.FAILED


def test_a_file_whose_place_was_read_and_is_not_found_again_stays_closed(client, alice):
    body = (MEDIA / "orientation-1.jpg").read_bytes()
    album = actions.create_album(owner=alice, title="S", items=[item(alice, "a.jpg", body)])
    address = page_of(album)

    client.post(f"{address}copies/")
    work.do_next(Job.Lane.MEDIA)

    assert "is not given away" in client.get(address).content.decode()


def test_a_copy_from_when_less_was_known_is_not_given_and_made_anew(client, summer, monkeypatch):
    address = page_of(summer)
    client.post(f"{address}copies/")
    work.do_next(Job.Lane.MEDIA)
    (before,) = links_in(client.get(address))

    monkeypatch.setattr(versions, "HIDING", versions.HIDING + 1)
    assert links_in(client.get(address)) == []
    client.post(f"{address}copies/")
    work.do_next(Job.Lane.MEDIA)

    (after,) = links_in(client.get(address))
    assert after.partition("?")[0] != before.partition("?")[0]
    assert gps_of(httpx.get(after).content) == {}


def test_an_archive_from_when_less_was_known_is_not_given(client, summer, monkeypatch):
    address = door(summer)
    archive_of(client, address)

    monkeypatch.setattr(versions, "HIDING", versions.HIDING + 1)

    assert client.get(f"{address}archive/file/").status_code == 404


def test_an_archive_under_way_when_more_is_known_says_so_and_is_made_anew(
    client, summer, settings, monkeypatch
):
    address, bucket = door(summer), settings.RENDITIONS_BUCKET
    client.post(f"{address}archive/")
    settings.RENDITIONS_BUCKET = "out-of-order"
    work.do_next(Job.Lane.MEDIA)
    settings.RENDITIONS_BUCKET = bucket
    Job.objects.update(due_at=timezone.now())

    monkeypatch.setattr(versions, "HIDING", versions.HIDING + 1)
    work.do_next(Job.Lane.MEDIA)

    begun = Job.objects.get()
    assert (begun.state, begun.reason) == (Job.State.FAILED, reasons.MORE_PLACES_KNOWN)
    assert gps_of(archive_of(client, address).read("Summer/beach.jpg")) == {}


def test_who_may_only_look_cannot_guess_where_the_copy_is(summer, settings):
    """An address of a picture may be good for all that begins as it does."""
    blob = summer.items.get().blob
    here = strip.key_of(blob)
    settings.SECRET_KEY = "another site's secret"

    assert here.startswith(f"renditions/{blob.pk}/copy-")
    assert strip.key_of(blob) != here


def test_making_the_copy_twice_is_making_it_once(summer):
    blob = summer.items.get().blob
    for _ in range(2):
        Job.objects.create(owner_id=blob.owner_id, blob=blob, kind="strip", lane="media")
        work.do_next(Job.Lane.MEDIA)
        Job.objects.all().delete()

    assert blob.renditions.get().size_bytes == len(PHOTO)
    assert privacy.state_of(MediaInfo.objects.get(blob=blob)) == "hidden"


def archive_of(client, address) -> zipfile.ZipFile:
    client.post(f"{address}archive/")
    work.do_next(Job.Lane.MEDIA)
    location = client.get(f"{address}archive/file/")["Location"]
    return zipfile.ZipFile(io.BytesIO(httpx.get(location).content))


def test_all_as_a_zip_without_any_place(client, alice, summer):
    closed = item(alice, "film.webm", (MEDIA / "clip-vp9.webm").read_bytes())
    actions.add_to_album(album=summer, items=[closed])

    made = archive_of(client, door(summer))

    assert made.testzip() is None
    assert gps_of(made.read("Summer/beach.jpg")) == {}
    facts = made.read("Summer/beach.jpg.json").decode()
    assert "38.7" not in facts
    assert "albums" not in facts
    assert "Summer/film.webm\n" in made.read("Summer/missing.txt").decode()
    assert "Summer/film.webm" not in made.namelist()


def test_all_as_a_zip_with_the_owners_word(client, summer):
    made = archive_of(client, door(summer, include_place=True))

    assert made.read("Summer/beach.jpg") == PHOTO


def test_all_visitors_share_one_archive_which_the_owner_does_not_see(client, alice, summer):
    addresses = [door(summer), door(summer, label="Other")]

    for address in addresses:
        client.post(f"{address}archive/")

    assert Archive.objects.count() == 1
    assert "Summer.zip" not in browser_of(alice).get("/archives/").content.decode()


def test_what_was_taken_out_of_the_album_is_in_no_archive_that_visitors_get(client, alice, summer):
    more = item(alice, "secret.jpg", (MEDIA / "orientation-2.jpg").read_bytes())
    actions.add_to_album(album=summer, items=[more])
    address = door(summer)
    archive_of(client, address)

    actions.remove_from_album(album=summer, items=[more])

    assert client.get(f"{address}archive/file/").status_code == 404
    assert "Summer/secret.jpg" not in archive_of(client, address).namelist()


def test_what_was_in_the_album_for_a_moment_is_in_no_archive_that_visitors_get(
    client, alice, summer
):
    address = door(summer)
    client.post(f"{address}archive/")
    more = item(alice, "secret.jpg", (MEDIA / "orientation-2.jpg").read_bytes())
    actions.add_to_album(album=summer, items=[more])
    work.do_next(Job.Lane.MEDIA)
    actions.remove_from_album(album=summer, items=[more])

    assert client.get(f"{address}archive/file/").status_code == 404
    assert "Please try again" in client.get(f"{address}archive/").content.decode()
    assert "Summer/secret.jpg" not in archive_of(client, address).namelist()


def test_a_link_without_downloads_gives_no_archive(client, summer):
    address = door(summer, allow_download=False)

    assert client.get(f"{address}archive/").status_code == 404
    assert client.post(f"{address}archive/").status_code == 404
    assert client.post(f"{address}items/{summer.items.get().pk}/copies/").status_code == 404


def test_an_archive_for_visitors_has_limits(client, summer, settings):
    settings.ARCHIVE_VISITOR_BYTES = 10
    address = door(summer)

    page = client.post(f"{address}archive/", follow=True).content.decode()

    assert "one by one" in page
    assert not Archive.objects.exists()


def test_asking_again_and_again_is_stopped(summer):
    address, visitor = door(summer), Client(REMOTE_ADDR="203.0.113.9")
    rate = str(api_settings.DEFAULT_THROTTLE_RATES["archives"])

    for _ in range(int(rate.split("/", maxsplit=1)[0])):
        visitor.post(f"{address}archive/")

    assert "Too many downloads" in visitor.post(f"{address}archive/", follow=True).content.decode()
